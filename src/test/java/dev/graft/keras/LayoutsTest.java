package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of both Kerases in every layout: the right values in the right places. */
class LayoutsTest {
  private static final Path FOLDER = Path.of("src/test/resources/goldens/layouts");
  private static final Config MANIFEST = Config.read(FOLDER.resolve("manifest.json"));

  static List<String> cases() {
    List<String> names = MANIFEST.get("cases").keys();
    assertThat(names).hasSizeGreaterThanOrEqualTo(30);
    return names;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyValueIsInItsPlace(String name) throws IOException, NoSuchAlgorithmException {
    Path file = FOLDER.resolve(name);
    Config expected = MANIFEST.get("cases").get(name).get("weights");
    Model model = network(name);
    try (WeightFile weights = WeightFile.open(file)) {
      WeightMatch match = WeightMatch.of(model, weights, LoadOptions.strict());
      assertThat(model.variables())
          .extracting(Model.Variable::name)
          .containsExactlyInAnyOrderElementsOf(expected.keys());
      for (Model.Variable variable : model.variables()) {
        Config weight = expected.get(variable.name());
        assertThat(variable.slot().shape().asArray())
            .as(variable.name())
            .containsExactly(
                java.util.Arrays.stream(weight.get("shape").integers()).asLongStream().toArray());
        assertThat(sha256(match.store(null).values(variable.name())))
            .as(variable.name())
            .isEqualTo(weight.string("sha256"));
      }
    }
  }

  /** The network of the file, or of the architecture that goes with it. */
  private static Model network(String name) {
    Path own = FOLDER.resolve(name);
    if (!name.contains("weights") && !name.contains("only")) {
      boolean whole = name.endsWith(".keras") || name.matches(".*\\.(tf_keras|keras3)\\.h5");
      if (whole) {
        return KerasFile.open(own, Layers.standard()).model();
      }
    }
    String net = name.replaceFirst("\\..*", "");
    Path architecture = FOLDER.resolve(net + ".tf_keras.json");
    Path known = Files.exists(architecture) ? architecture : FOLDER.resolve("plain.keras3.json");
    return KerasFile.open(known, Layers.standard()).model();
  }

  @Test
  void frozenLayersStayFrozenAndPoliciesAreSaid() {
    for (String name : List.of("plain.tf_keras.h5", "plain.keras3.keras", "plain.keras3.json")) {
      Model model = KerasFile.open(FOLDER.resolve(name), Layers.standard()).model();
      assertThat(model.layer("norm").trainable()).as(name).isFalse();
      assertThat(model.layer("conv").trainable()).as(name).isTrue();
    }
    assertThat(KerasFile.open(FOLDER.resolve("mixed.tf_keras.h5"), Layers.standard()).notes())
        .containsExactly("its layers compute in 'mixed_float16'; Graft computes in float32.");
  }

  private static String sha256(float[] values) throws NoSuchAlgorithmException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
  }
}
