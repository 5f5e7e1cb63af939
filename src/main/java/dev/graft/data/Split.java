package dev.graft.data;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A data set parted in two that share no example.
 *
 * @param train what is trained on
 * @param validation what is held back
 */
public record Split(Dataset train, Dataset validation) {
  /**
   * The last {@code fraction} is held back, as Keras's {@code fit(validation_split)} does: of n
   * examples the first floor(n (1 - fraction)) train.
   */
  public static Split last(Dataset data, double fraction) {
    check(data, fraction);
    int at = (int) Math.floor(data.size() * (1 - fraction));
    return of(data, IntStream.range(0, at).toArray(), IntStream.range(at, data.size()).toArray());
  }

  /**
   * The first floor(n fraction) examples are held back, as ImageDataGenerator's {@code flow} does.
   */
  public static Split first(Dataset data, double fraction) {
    check(data, fraction);
    int at = (int) (data.size() * fraction);
    return of(data, IntStream.range(at, data.size()).toArray(), IntStream.range(0, at).toArray());
  }

  /**
   * Of each class the first floor(n fraction) examples are held back, as {@code
   * flow_from_directory} does with its generator's {@code validation_split}.
   */
  public static Split firstOfEachClass(Dataset data, double fraction) {
    check(data, fraction);
    int[] sizes = sizes(data);
    int[] seen = new int[sizes.length];
    boolean[] held = new boolean[data.size()];
    for (int row = 0; row < held.length; row++) {
      int label = data.label(row);
      held[row] = seen[label]++ < (int) (sizes[label] * fraction);
    }
    return of(data, held);
  }

  /**
   * A shuffled {@code fraction} is held back: the very examples that {@code
   * image_dataset_from_directory(validation_split, subset, seed)} holds back.
   */
  public static Split seeded(Dataset data, double fraction, long seed) {
    check(data, fraction);
    int[] order = new NumpyRandom(seed).permutation(data.size());
    int count = (int) (fraction * data.size());
    return of(
        data,
        Arrays.copyOf(order, order.length - count),
        Arrays.copyOfRange(order, order.length - count, order.length));
  }

  /**
   * A shuffled {@code fraction} of each class is held back, rounded, so that both parts have the
   * classes in the same proportion. The parts keep the order of the data.
   */
  public static Split stratified(Dataset data, double fraction, long seed) {
    check(data, fraction);
    int[] sizes = sizes(data);
    int[] held = new int[sizes.length];
    boolean[] rows = new boolean[data.size()];
    for (int row : new NumpyRandom(seed).permutation(data.size())) {
      int label = data.label(row);
      if (held[label] < Math.round(sizes[label] * fraction)) {
        held[label]++;
        rows[row] = true;
      }
    }
    return of(data, rows);
  }

  /**
   * {@code count} splits for cross-validation: each example is held back in exactly one of them.
   *
   * @param stratify deals each class out evenly
   */
  public static List<Split> folds(Dataset data, int count, long seed, boolean stratify) {
    if (count < 2 || count > data.size()) {
      throw new SettingException(
          data.name() + ": expected 2 to " + data.size() + " folds, came " + count + ".");
    }
    int[] next = new int[stratify ? sizes(data).length : 1];
    int[] fold = new int[data.size()];
    for (int row : new NumpyRandom(seed).permutation(data.size())) {
      fold[row] = next[stratify ? data.label(row) : 0]++ % count;
    }
    List<Split> splits = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      boolean[] held = new boolean[data.size()];
      for (int row = 0; row < held.length; row++) {
        held[row] = fold[row] == k;
      }
      splits.add(of(data, held));
    }
    return splits;
  }

  private static Split of(Dataset data, boolean[] held) {
    int[] all = IntStream.range(0, held.length).toArray();
    return of(
        data,
        Arrays.stream(all).filter(row -> !held[row]).toArray(),
        Arrays.stream(all).filter(row -> held[row]).toArray());
  }

  private static Split of(Dataset data, int[] train, int[] validation) {
    if (train.length == 0 || validation.length == 0) {
      throw new DataException(
          data.name()
              + ": split into "
              + train.length
              + " examples to train on and "
              + validation.length
              + " to validate with; both need some. Change 'split'.");
    }
    return new Split(data.select(train), data.select(validation));
  }

  private static void check(Dataset data, double fraction) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new SettingException(
          data.name() + ": expected a 'split' between 0 and 1, came " + fraction + ".");
    }
  }

  /** How many examples each class has. */
  private static int[] sizes(Dataset data) {
    int[] sizes = new int[data.classes().size()];
    for (int row = 0; row < data.size(); row++) {
      int label = data.label(row);
      if (label < 0) {
        throw new SettingException(
            data.name() + ": needs examples with one class each to be split by class.");
      }
      sizes[label]++;
    }
    return sizes;
  }
}
