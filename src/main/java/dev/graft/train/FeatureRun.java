package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.Batches;
import dev.graft.data.Examples;
import dev.graft.layers.Spec;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.progress.Progress;
import dev.graft.runtime.NativeMemory;
import dev.graft.runtime.Tensors;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/**
 * Runs the frozen part of a network over examples and gives what comes out row by row: all its
 * outputs for one example, one after the other.
 */
public final class FeatureRun implements AutoCloseable {
  /** Input elements a run of the frozen part takes: eight colour pictures of 224 × 224 pixels. */
  private static final long ELEMENTS_A_RUN = 8L * 224 * 224 * 3;

  private static final int MOST_EXAMPLES_A_RUN = 64;
  private static final String SMALLER = "Use smaller pictures, or a layer that gives less.";

  private final Network network;
  private final Path path;
  private final Batches batches;
  private final Deque<float[]> ready = new ArrayDeque<>();
  private long spent;

  /**
   * A run that begins at once, decoding ahead.
   *
   * @param path from the network's inputs to what is wanted
   * @param groups which examples go through the network together, in this order
   * @param draw seeds random changes; -1 for none
   */
  public FeatureRun(Network network, Path path, Examples examples, List<int[]> groups, long draw) {
    this.network = network;
    this.path = path;
    this.batches = Batches.of(examples, groups, draw);
  }

  /** A run over {@code rows}, as many at a time as {@link #size} says. */
  FeatureRun(Network network, Path path, Examples examples, int[] rows, long draw) {
    this(network, path, examples, Batches.groups(rows, size(examples)), draw);
  }

  /** How many examples go through a network at a time. */
  public static int size(Examples examples) {
    return size(examples.inputs().stream().map(Examples.Field::spec).toList());
  }

  /** How many examples of these inputs go through a network at a time. */
  public static int size(List<Spec> inputs) {
    long elements = 1;
    for (Spec input : inputs) {
      elements += Math.max(1, input.perExample());
    }
    return (int) Math.max(1, Math.min(MOST_EXAMPLES_A_RUN, ELEMENTS_A_RUN / elements));
  }

  /** The next row, an array of its own, or null after the last. */
  public float[] next() {
    if (ready.isEmpty()) {
      nextBatch((outputs, size) -> ready.addAll(rows(outputs, size)));
    }
    return ready.poll();
  }

  /** Takes what came out of one run, which is freed afterwards: each output, and how many rows. */
  interface Outputs {
    void accept(List<Tensor> outputs, int size);
  }

  /** Gives the next rows as they come out of the network to {@code to}; false after the last. */
  boolean nextBatch(Outputs to) {
    if (!batches.hasNext()) {
      return false;
    }
    long began = System.nanoTime();
    try (Batch batch = batches.next();
        Result result = network.run(path, batch.inputs())) {
      List<Tensor> outputs = IntStream.range(0, result.size()).mapToObj(result::get).toList();
      NativeMemory.holding(
          network.model().name(),
          batch.size(),
          SMALLER,
          () -> {
            to.accept(outputs, batch.size());
            return null;
          });
    }
    spent += System.nanoTime() - began;
    return true;
  }

  private static List<float[]> rows(List<Tensor> outputs, int size) {
    int width = 0;
    for (Tensor output : outputs) {
      width += (int) (output.size() / size);
    }
    float[][] rows = new float[size][width];
    int at = 0;
    for (Tensor output : outputs) {
      int length = (int) (output.size() / size);
      for (int k = 0; k < size; k++) {
        Tensors.read(output, (long) k * length, rows[k], at, length);
      }
      at += length;
    }
    return Arrays.asList(rows);
  }

  /** Tells how long it waited for examples, and how long the frozen part took. */
  void tell(Progress progress) {
    progress.on(new Progress.Spent(Progress.Work.DECODE, batches.waited()));
    progress.on(new Progress.Spent(Progress.Work.TRUNK, spent / 1e9 - batches.waited()));
  }

  @Override
  public void close() {
    batches.close();
  }
}
