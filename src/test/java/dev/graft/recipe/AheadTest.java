package dev.graft.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Work that is begun early: in order, on one thread, and what goes wrong is told to who asks. */
class AheadTest {
  @Test
  void worksInOrderAndGivesWhatCame() {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    try (Ahead ahead = new Ahead()) {
      Runnable first = ahead.run(() -> order.add(1));
      Supplier<String> second =
          ahead.begin(
              () -> {
                order.add(2);
                return "came";
              });
      assertThat(second.get()).isEqualTo("came");
      first.run();
      assertThat(order).containsExactly(1, 2);
      // It may be asked for again.
      assertThat(second.get()).isEqualTo("came");
    }
  }

  @Test
  void whatGoesWrongIsThrownToWhoAsks() {
    try (Ahead ahead = new Ahead()) {
      Supplier<String> wrong =
          ahead.begin(
              () -> {
                throw new IllegalStateException("no room");
              });
      Runnable worse =
          ahead.run(
              () -> {
                throw new AssertionError("never");
              });
      Supplier<Integer> after = ahead.begin(() -> 3);
      assertThat(after.get()).isEqualTo(3);
      assertThatThrownBy(wrong::get)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no room");
      assertThatThrownBy(worse::run).isInstanceOf(AssertionError.class).hasMessage("never");
    }
  }

  @Test
  void closingEndsWhatNobodyWantsAndWaitsForIt() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    List<String> ended = Collections.synchronizedList(new ArrayList<>());
    Ahead ahead = new Ahead();
    ahead.run(
        () -> {
          begun.countDown();
          while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
          }
          ended.add("first");
        });
    ahead.run(() -> ended.add("second"));
    begun.await();
    ahead.close();
    assertThat(ended).containsExactly("first");
  }

  @Test
  void nothingBegunIsNothingToWaitFor() {
    new Ahead().close();
  }
}
