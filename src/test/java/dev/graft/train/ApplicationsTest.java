package dev.graft.train;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.RealKeras;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every network of Keras 3's applications as both Kerases write it, and tf_keras's further ones:
 * summary, output and a few steps of fine-tuning, held against Keras. One network at a time is made
 * in a temporary folder.
 *
 * <p>All of them take hours; {@code -Dgraft.applications='ResNet.*'} picks some by a pattern, and
 * {@code 'ResNet50 keras3'} one file.
 */
@Tag("python")
class ApplicationsTest {
  private static final String BOTH =
      "ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge DenseNet121 DenseNet169"
          + " DenseNet201 EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3"
          + " EfficientNetB4 EfficientNetB5 EfficientNetB6 EfficientNetB7 EfficientNetV2B0"
          + " EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2S EfficientNetV2M"
          + " EfficientNetV2L InceptionResNetV2 InceptionV3 MobileNet MobileNetV2 MobileNetV3Large"
          + " MobileNetV3Small NASNetLarge NASNetMobile ResNet50 ResNet101 ResNet152 ResNet50V2"
          + " ResNet101V2 ResNet152V2 VGG16 VGG19 Xception";
  private static final String REG_NET = "002 004 006 008 016 032 040 064 080 120 160 320";
  private static final String RES_NET_RS = "50 101 152 200 270 350 420";

  @TempDir Path folder;

  /** Those that both Kerases have. */
  static List<String> both() {
    return List.of(BOTH.split(" ", -1));
  }

  static List<String> cases() {
    List<String> all = new ArrayList<>();
    for (String name : both()) {
      all.add(name + " keras3");
      all.add(name + " tf_keras");
    }
    for (String size : REG_NET.split(" ", -1)) {
      all.add("RegNetX" + size + " tf_keras");
      all.add("RegNetY" + size + " tf_keras");
    }
    for (String size : RES_NET_RS.split(" ", -1)) {
      all.add("ResNetRS" + size + " tf_keras");
    }
    String wanted = System.getProperty("graft.applications", ".*");
    return all.stream().filter(name -> name.matches("(" + wanted + ")( .*)?")).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void isKeras(String name) throws IOException, InterruptedException {
    // The largest network takes 1.4 GB in its file.
    assumeTrue(Files.getFileStore(folder).getUsableSpace() > 4L << 30, "less than 4 GB free");
    String[] words = name.split(" ", -1);
    RealKeras.run("tools/goldens/applications.py", words[0], words[1], folder.toString());
    double[] off = ApplicationCase.check(folder);
    System.out.printf(Locale.ROOT, "%s: output %.1e, losses %.1e%n", name, off[0], off[1]);
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
    }
  }
}
