package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.Batches;
import dev.graft.data.Examples;
import dev.graft.error.GraftException;
import dev.graft.error.StoppedException;
import dev.graft.network.Network;
import dev.graft.runtime.NativeMemory;
import dev.graft.runtime.Tensors;
import dev.graft.scale.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;

/** Keras's evaluate: loss and metrics of examples, without learning from them. */
public final class Evaluation {
  private static final String SMALLER =
      "Use smaller pictures, or in training a smaller validation_batch_size.";

  private final Network network;
  private final Scoring scoring;
  private final Weighting weighting;
  private BooleanSupplier wished = () -> false;

  /** An evaluation over what {@code scoring} has added to the graph of {@code network}. */
  public Evaluation(Network network, Scoring scoring) {
    this(network, scoring, Weighting.NONE);
  }

  /** As the other constructor, for examples that carry weights. */
  Evaluation(Network network, Scoring scoring, Weighting weighting) {
    this.network = network;
    this.scoring = scoring;
    this.weighting = weighting;
    scoring.probe(network.session());
  }

  /** This, ended by a {@link StoppedException} before the next batch once that is wished. */
  public Evaluation until(BooleanSupplier wish) {
    wished = wish;
    return this;
  }

  /** Hears what the network says while it is scored. */
  @FunctionalInterface
  public interface Listener {
    /** The outputs for {@code batch} in order, each row-major. */
    void on(Batch batch, List<float[]> outputs);
  }

  /** Loss and metrics of all examples, in Keras's log names with {@code prefix} before each. */
  public Map<String, Double> score(Examples examples, int batchSize, String prefix) {
    return score(examples, new Pass(examples.size(), batchSize, -1), prefix, Workers.ALONE);
  }

  /** As the other method, telling {@code listener} what came out of every batch. */
  public Map<String, Double> score(Examples examples, int batchSize, Listener listener) {
    Scoring.Sums sums = scoring.sums();
    try (Batches batches = Batches.inOrder(examples, batchSize)) {
      while (batches.hasNext()) {
        try (Batch batch = batches.next();
            Result result = run(batch, examples, true)) {
          sums.add(Tensors.read(result.get(0)), batch.size());
          List<float[]> outputs = new ArrayList<>();
          for (int i = 0; i < scoring.path().outputs().size(); i++) {
            outputs.add(Tensors.read(result.get(1 + i)));
          }
          listener.on(batch, outputs);
        }
      }
    }
    return sums.logs("");
  }

  /**
   * What is scored.
   *
   * @param rows how many examples, from the first on
   * @param batchSize how many go through the network together
   * @param draw seeds random changes; -1 for none
   */
  record Pass(int rows, int batchSize, long draw) {}

  /** As the other method, each of {@code workers} scoring some of the batches. */
  Map<String, Double> score(Examples examples, Pass pass, String prefix, Workers workers) {
    Scoring.Sums sums = scoring.sums();
    List<int[]> all = Batches.groups(IntStream.range(0, pass.rows).toArray(), pass.batchSize);
    List<int[]> mine =
        IntStream.range(0, all.size())
            .filter(i -> i % workers.count() == workers.rank())
            .mapToObj(all::get)
            .toList();
    try (Batches batches = Batches.of(examples, mine, pass.draw)) {
      while (batches.hasNext()) {
        if (wished.getAsBoolean()) {
          throw new StoppedException("interrupted while examples were scored.");
        }
        try (Batch batch = batches.next();
            Result result = run(batch, examples, false)) {
          sums.add(Tensors.read(result.get(0)), batch.size());
        }
      }
    }
    if (workers.several()) {
      sums.add(values -> workers.sum("the scores of the validation data", values));
    }
    return sums.logs(prefix);
  }

  private Result run(Batch batch, Examples examples, boolean withOutputs) {
    Session.Runner runner = network.session().runner();
    List<Tensor> weights = weighting.tensors(examples, batch.rows(), scoring.targets().size());
    scoring.feed(runner, batch, weights);
    runner.fetch(scoring.report());
    if (withOutputs) {
      scoring.path().outputs().forEach(runner::fetch);
    }
    try {
      return NativeMemory.holding("evaluation", batch.size(), SMALLER, () -> network.run(runner));
    } catch (TFInvalidArgumentException e) {
      GraftException labels = new Diagnosis(network, scoring, examples).labels("evaluation", batch);
      throw labels == null ? e : labels;
    } finally {
      weights.forEach(Tensor::close);
    }
  }
}
