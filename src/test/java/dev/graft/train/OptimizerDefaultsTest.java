package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an optimizer takes where nothing is said, and what it writes down, against real Keras. */
class OptimizerDefaultsTest {
  private static final int KNOWN_CASES = 11;

  static List<Config> cases() {
    List<Config> all =
        Config.read(Path.of("src/test/resources/goldens/defaults/layers.json"))
            .get("optimizers")
            .items();
    assertThat(all).hasSizeGreaterThanOrEqualTo(KNOWN_CASES);
    return all;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void configIsKeras(Config golden) {
    Map<String, Object> came =
        Optimizers.read(Config.of(golden.string("class"), "optimizer")).config();
    Config expected = golden.get("config");
    assertThat(came.keySet()).containsExactlyInAnyOrderElementsOf(expected.keys());
    for (String key : expected.keys()) {
      Object value = expected.has(key) ? expected.get(key).plain() : null;
      if (value instanceof Number number) {
        // Keras writes a rate as the double of its float32.
        assertThat(((Number) came.get(key)).floatValue()).as(key).isEqualTo(number.floatValue());
      } else {
        assertThat(came.get(key)).as(key).isEqualTo(value);
      }
    }
  }
}
