package dev.graft.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.SettingException;
import org.junit.jupiter.api.Test;

/** Threads that fit, and words that are understood or refused. */
class CoresTest {
  @Test
  void threadsFollowTheCoresOfAnExecutor() {
    assertThat(Cores.of("", "local")).isEqualTo(1);
    assertThat(Cores.of("", "local[3]")).isEqualTo(3);
    assertThat(Cores.of("", "local[3,4]")).isEqualTo(3);
    assertThat(Cores.of("", "local[*]")).isZero();
    assertThat(Cores.of("8", "local-cluster[2,1,1024]")).isEqualTo(1);
    assertThat(Cores.of("4", "yarn")).isEqualTo(4);
    assertThat(Cores.of("", "yarn")).isEqualTo(1);
    assertThat(Cores.of("", "k8s://h:443")).isEqualTo(1);
    assertThat(Cores.of("", "spark://h:7077")).isZero();
  }

  @Test
  void wordsAreUnderstoodOrRefused() {
    Arguments arguments = Arguments.of("--out", "o", "--overwrite", "--threads", "two");
    assertThat(arguments.get("out")).isEqualTo("o");
    assertThat(arguments.has("overwrite")).isTrue();
    assertThatThrownBy(() -> arguments.number("threads"))
        .isInstanceOf(SettingException.class)
        .hasMessage("--threads: expected a whole number, came 'two'.");
    assertThatThrownBy(() -> arguments.get("data")).hasMessage("--data is missing.");
    assertThatThrownBy(() -> Arguments.of("--colum", "x"))
        .hasMessage("--colum: is not known. Did you mean 'column'?");
    assertThatThrownBy(() -> Arguments.of("--out")).hasMessage("--out: its value is missing.");
  }
}
