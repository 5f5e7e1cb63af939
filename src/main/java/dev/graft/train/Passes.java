package dev.graft.train;

import dev.graft.data.Batches;
import dev.graft.data.Examples;
import dev.graft.network.Seeds;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Which examples come in which order: passes over them, cut into epochs. */
final class Passes {
  private final Examples examples;
  private final Pace pace;
  private final long seed;

  Passes(Examples examples, Pace pace, long seed) {
    this.examples = examples;
    this.pace = pace;
    this.seed = seed;
  }

  /** How many steps epoch {@code epoch} has. */
  int steps(int epoch) {
    Pace.Portion portion = portion(epoch);
    return portion.end() - portion.first();
  }

  private Pace.Portion portion(int epoch) {
    int size = pace.batchSize();
    return pace.portion(epoch, (examples.size() + size - 1) / size);
  }

  /** The batches of epoch {@code epoch} after the first {@code done}; the caller closes them. */
  Batches batches(int epoch, int done) {
    Pace.Portion portion = portion(epoch);
    int[] order =
        Arrays.copyOfRange(order(portion.pass()), row(portion.first() + done), row(portion.end()));
    return Batches.of(examples, order, pace.batchSize(), Batches.draw(seed, portion.pass()));
  }

  private int row(int batch) {
    return (int) Math.min(examples.size(), (long) batch * pace.batchSize());
  }

  /** The order of the examples in pass {@code pass}. */
  private int[] order(int pass) {
    return switch (pace.shuffle()) {
      case NONE -> IntStream.range(0, examples.size()).toArray();
      case EXAMPLES -> Batches.permutation(examples.size(), seed, pass);
      case WITHIN_BATCHES -> withinBatches(pass);
    };
  }

  private int[] withinBatches(int pass) {
    int[] order = new int[examples.size()];
    for (int from = 0; from < order.length; from += pace.batchSize()) {
      int size = Math.min(pace.batchSize(), order.length - from);
      int[] inner = Batches.permutation(size, Seeds.mix(seed, from), pass);
      for (int i = 0; i < size; i++) {
        order[from + i] = from + inner[i];
      }
    }
    return order;
  }
}
