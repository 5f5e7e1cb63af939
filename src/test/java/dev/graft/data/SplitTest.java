package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.DataException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {
  /** 23 examples: 12 of class 0, 7 of class 1, 4 of class 2, in this order. */
  private static Dataset data() {
    int[] labels = new int[23];
    Arrays.fill(labels, 12, 19, 1);
    Arrays.fill(labels, 19, 23, 2);
    Column column = new Column.Floats(new float[23], new int[] {1});
    return Dataset.of("numbers", column, new Target.Classes(labels, 3), List.of("a", "b", "c"));
  }

  private static void holds(Dataset part, int... rows) {
    assertThat(part.rows()).containsExactly(rows);
  }

  @Test
  void theLastPartIsHeldBack() {
    Split split = Split.last(data(), 0.2);
    // Keras: int(math.floor(23 * (1 - 0.2))) = 18
    assertThat(split.train().rows()).isEqualTo(IntStream.range(0, 18).toArray());
    holds(split.validation(), 18, 19, 20, 21, 22);
  }

  @Test
  void theFirstOfEachClassAreHeldBack() {
    // flow_from_directory with validation_split=0.3: the first int(0.3 * n) of each class.
    Split split = Split.firstOfEachClass(data(), 0.3);
    holds(split.validation(), 0, 1, 2, 12, 13, 19);
    assertThat(split.train().size()).isEqualTo(17);
  }

  @Test
  void shufflesAsNumpy() {
    // numpy.random.RandomState(seed).shuffle(x) on x = list(range(n))
    assertThat(new NumpyRandom(42).permutation(10)).containsExactly(8, 1, 5, 0, 7, 2, 9, 4, 3, 6);
    assertThat(new NumpyRandom(1234567).permutation(12))
        .containsExactly(11, 10, 7, 1, 9, 8, 0, 2, 5, 6, 4, 3);
    int[] thousand = new NumpyRandom(0).permutation(1000);
    assertThat(Arrays.copyOf(thousand, 6)).containsExactly(993, 859, 298, 553, 672, 971);
  }

  @Test
  void theSeededPartIsKerass() {
    Split split = Split.seeded(data(), 0.2, 42);
    int[] order = new NumpyRandom(42).permutation(23);
    holds(split.validation(), Arrays.copyOfRange(order, 19, 23));
    holds(split.train(), Arrays.copyOf(order, 19));
  }

  @Test
  void keepsTheProportionsOfClasses() {
    Split split = Split.stratified(data(), 0.25, 7);
    int[] counts = new int[3];
    for (int row = 0; row < split.validation().size(); row++) {
      counts[split.validation().label(row)]++;
    }
    assertThat(counts).containsExactly(3, 2, 1);
    assertThat(split.validation().rows()).isSorted();
    assertThat(Split.stratified(data(), 0.25, 8).validation().rows())
        .isNotEqualTo(split.validation().rows());
  }

  @Test
  void neverLeaks() {
    List<Split> all = new ArrayList<>(Split.folds(data(), 5, 3, true));
    all.addAll(Split.folds(data(), 4, 3, false));
    all.add(Split.last(data(), 0.5));
    all.add(Split.seeded(data(), 0.3, 1));
    all.add(Split.stratified(data(), 0.3, 1));
    for (Split split : all) {
      int[] both =
          IntStream.concat(
                  Arrays.stream(split.train().rows()), Arrays.stream(split.validation().rows()))
              .sorted()
              .toArray();
      assertThat(both).isEqualTo(IntStream.range(0, 23).toArray());
    }
  }

  @Test
  void foldsHoldEachExampleBackOnce() {
    int[] held = new int[23];
    for (Split fold : Split.folds(data(), 4, 9, true)) {
      assertThat(fold.validation().size()).isBetween(4, 7);
      for (int row : fold.validation().rows()) {
        held[row]++;
      }
    }
    assertThat(held).containsOnly(1);
  }

  @Test
  void refusesAnEmptyPart() {
    assertThatThrownBy(() -> Split.last(data(), 0.999))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "numbers: split into 0 examples to train on and 23 to validate with; both need some."
                + " Change 'split'.");
    assertThatThrownBy(() -> Split.last(data(), 1.5))
        .hasMessage("numbers: expected a 'split' between 0 and 1, came 1.5.");
  }
}
