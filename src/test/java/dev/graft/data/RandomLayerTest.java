package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.files.NpyArray;
import dev.graft.files.NpzFile;
import dev.graft.runtime.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.Tensor;

/** Keras 3's random layers, given the parameters that were drawn, make the same pictures. */
class RandomLayerTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens/random-layers");
  private static final Path PICTURE = ImagesTest.GOLDENS.resolve("files/tiny.png");

  @TestFactory
  List<DynamicTest> equalsKeras() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Config golden : Config.read(GOLDENS.resolve("cases.json")).get("cases").items()) {
      tests.add(DynamicTest.dynamicTest(golden.plain().toString(), () -> compare(golden)));
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(32);
    return tests;
  }

  private static void compare(Config golden) {
    NpyArray expected;
    try (NpzFile npz = NpzFile.open(GOLDENS.resolve("expected.npz"))) {
      expected = npz.array(golden.string("expected"));
    }
    int height = (int) expected.shape()[0];
    int width = (int) expected.shape()[1];
    Augmentation changes =
        Augmentation.read(
            Config.parse(
                "[{\"%s\": %s}]"
                    .formatted(
                        golden.string("layer"),
                        dev.graft.config.Json.compact(golden.get("settings").plain())),
                "augment"));
    RandomLayer layer = changes.layers().get(0);
    double[] drawn = golden.get("parameters").numbers();
    Preprocessing how = Preprocessing.none().sized(height, width, Preprocessing.Color.RGB);
    try (ImageGraph graph = ImageGraph.ofFiles(how, changes);
        Tensor came = PictureFile.decoded(graph, PICTURE, (h, w) -> layer.values(drawn, h, w))) {
      float[] ours = Tensors.read(came);
      float[] theirs = expected.floats();
      float worst = 0;
      for (int i = 0; i < ours.length; i++) {
        worst = Math.max(worst, Math.abs(ours[i] - theirs[i]));
      }
      // Places are computed in float64 here and in float32 there.
      assertThat(worst).isLessThan(0.05f);
    }
  }

  @Test
  void drawsWithinTheFactors() {
    RandomLayer zoom = layer("{\"RandomZoom\": {\"height_factor\": [-0.3, 0.1]}}");
    RandomLayer shear = layer("{\"RandomShear\": {\"x_factor\": 0.2}}");
    RandomLayer bits = layer("{\"RandomPosterization\": {\"factor\": [2, 5]}}");
    RandomLayer contrast = layer("{\"RandomContrast\": {\"factor\": 0.3}}");
    SplittableRandom random = new SplittableRandom(5);
    int flips = 0;
    for (int i = 0; i < 400; i++) {
      double[] z = zoom.draw(random, 10, 20);
      assertThat(z[0]).isBetween(0.7, 1.1).isEqualTo(z[1]);
      double[] s = shear.draw(random, 10, 20);
      assertThat(s[0]).isBetween(-0.2, 0.2);
      assertThat(Math.abs(s[1])).isZero();
      assertThat(bits.draw(random, 9, 9)[0]).isIn(6.0, 5.0, 4.0);
      // A single number counts upwards only, as in Keras 3.15.
      assertThat(contrast.draw(random, 9, 9)[0]).isBetween(1.0, 1.3);
      flips += (int) layer("\"RandomFlip\"").draw(random, 9, 9)[0];
    }
    assertThat(flips).isBetween(150, 250);
  }

  private static RandomLayer layer(String json) {
    return Augmentation.read(Config.parse("[" + json + "]", "augment")).layers().get(0);
  }

  @Test
  void aChangeIsAFunctionOfDrawAndRow() {
    Augmentation all =
        Augmentation.read(
            Config.parse(
                "[\"RandomFlip\", {\"RandomRotation\": {\"factor\": 0.1, \"seed\": 3}},"
                    + " {\"RandomHue\": {\"factor\": 0.2}}]",
                "augment"));
    double[] one = all.change(7, 3, 20, 30).values(20, 30);
    assertThat(one).hasSize(all.values()).isEqualTo(all.change(7, 3, 20, 30).values(20, 30));
    assertThat(Arrays.equals(one, all.change(7, 4, 20, 30).values(20, 30))).isFalse();
    assertThat(Arrays.equals(one, all.change(8, 3, 20, 30).values(20, 30))).isFalse();
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> layer("{\"RandomZom\": {\"height_factor\": 0.1}}"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("no random layer 'RandomZom'")
        .hasMessageContaining("RandomZoom");
    assertThatThrownBy(() -> layer("{\"RandomHue\": {\"factor\": 2}}"))
        .hasMessageContaining("a number from 0 to 1, or two of them");
    for (String typo :
        List.of(
            "{\"RandomHue\": {\"factor\": 0.2, \"fator\": 1}}", "{\"MixUp\": {\"alfa\": 0.3}}")) {
      Config config = Config.parse("[" + typo + "]", "augment");
      Augmentation.read(config);
      assertThatThrownBy(config::done).hasMessageContaining("is not known here");
    }
    assertThatThrownBy(() -> Augmentation.read(Config.parse("[]", "augment")))
        .hasMessageContaining("at least one random layer");
  }
}
