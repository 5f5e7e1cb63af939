package dev.graft.train;

import dev.graft.data.Batches;
import dev.graft.data.Examples;
import dev.graft.network.Seeds;
import dev.graft.scale.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Which examples come in which order: passes over them, cut into epochs. */
final class Passes {
  private final Examples examples;
  private final Pace pace;
  private final long seed;
  private final Workers workers;

  /** Passes of one of {@code workers}: each takes its part of every batch. */
  Passes(Examples examples, Pace pace, long seed, Workers workers) {
    this.examples = examples;
    this.pace = pace;
    this.seed = seed;
    this.workers = workers;
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
    List<int[]> groups = Batches.groups(order, pace.batchSize());
    return Batches.of(
        examples, groups.stream().map(this::mine).toList(), Batches.draw(seed, portion.pass()));
  }

  /**
   * Seeds the random changes of validation data after {@code epoch}, where it has some: anew each
   * time, as Keras's generators draw.
   */
  long draw(int epoch, Examples validation) {
    return validation.augmented() ? Batches.draw(Seeds.mix(seed, -1), epoch) : -1;
  }

  /** This worker's rows of a batch; its first row where there are fewer rows than workers. */
  private int[] mine(int[] rows) {
    int from = cut(rows.length, workers.rank());
    int to = cut(rows.length, workers.rank() + 1);
    return from < to ? Arrays.copyOfRange(rows, from, to) : new int[] {rows[0]};
  }

  private int cut(int size, int rank) {
    return (int) ((long) size * rank / workers.count());
  }

  /** How many examples step {@code number} of epoch {@code epoch} has, on all workers together. */
  int size(int epoch, int number) {
    int at = portion(epoch).first() + number;
    return row(at + 1) - row(at);
  }

  /** Which part of them this worker has: 0 where it has none and only takes part in the sums. */
  float part(int epoch, int number) {
    int size = size(epoch, number);
    return (float) (cut(size, workers.rank() + 1) - cut(size, workers.rank())) / size;
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
