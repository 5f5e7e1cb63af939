package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the goldens of training cannot hold: schedules that Keras does not have. */
class SchedulesTest {
  @Test
  void restartsAfterAWarmUpAreThoseWithoutOneLater() {
    Map<String, Object> plain =
        Map.of("initial_learning_rate", 0.1, "first_decay_steps", 4, "t_mul", 2.0, "m_mul", 0.8);
    Map<String, Object> warmed =
        Map.of(
            "initial_learning_rate",
            0.01,
            "first_decay_steps",
            4,
            "t_mul",
            2.0,
            "m_mul",
            0.8,
            "warmup_target",
            0.1,
            "warmup_steps",
            5);
    Schedule restarts = read("CosineDecayRestarts", plain);
    Schedule warm = read("CosineDecayRestarts", warmed);
    for (int step = 0; step < 5; step++) {
      assertThat(warm.rate(step)).isCloseTo(0.01f + 0.018f * step, within(1e-7f));
    }
    for (int step = 0; step < 40; step++) {
      assertThat(warm.rate(step + 5)).isEqualTo(restarts.rate(step));
    }
    assertThat(warm.config()).isEqualTo((double) 0.01f);
  }

  @Test
  void anUnknownScheduleNamesTheNearest() {
    assertThatThrownBy(() -> read("CosineDecayRestart", Map.of()))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("Graft has no schedule 'CosineDecayRestart'.")
        .hasMessageContaining("CosineDecayRestarts");
  }

  private static Schedule read(String name, Map<String, Object> settings) {
    return Schedules.read(Config.of(Map.of(name, settings), "learning_rate"));
  }
}
