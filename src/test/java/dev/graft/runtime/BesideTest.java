package dev.graft.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class BesideTest {
  @Test
  void bothRunAtTheSameTimeAndAreWaitedFor() {
    CountDownLatch met = new CountDownLatch(2);
    List<String> done = new CopyOnWriteArrayList<>();
    Beside.run(() -> meet(met, done, "other"), () -> meet(met, done, "here"));
    assertThat(done).containsExactlyInAnyOrder("other", "here");
  }

  private static void meet(CountDownLatch met, List<String> done, String who) {
    met.countDown();
    try {
      met.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    done.add(who);
  }

  @Test
  void whatEitherThrowsIsThrown() {
    IllegalStateException bad = new IllegalStateException("bad");
    OutOfMemoryError worse = new OutOfMemoryError("worse");
    assertThatThrownBy(() -> Beside.run(() -> fail(bad), () -> {})).isSameAs(bad);
    assertThatThrownBy(() -> Beside.run(() -> {}, () -> fail(bad))).isSameAs(bad);
    assertThatThrownBy(() -> Beside.run(() -> fail(worse), () -> fail(bad)))
        .isSameAs(bad)
        .hasSuppressedException(worse);
    assertThatThrownBy(() -> Beside.run(() -> fail(worse), () -> {})).isSameAs(worse);
  }

  private static void fail(Throwable what) {
    if (what instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) what;
  }
}
