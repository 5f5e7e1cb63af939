package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.error.GraftException;
import dev.graft.network.Network;
import dev.graft.runtime.NativeMemory;
import dev.graft.runtime.Tensors;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.op.Op;

/** Runs single steps of a training graph. */
final class TrainingStep {
  static final String SMALLER = "Use a smaller batch_size (--batch), or smaller pictures.";

  private final Network network;
  private final TrainingGraph graph;
  private final Diagnosis diagnosis;
  private LossScale scale;

  /**
   * What a step is fed beside a batch.
   *
   * @param part the batch's share of the examples of all workers; 1 for one process
   * @param stop whether this worker wishes to stop after the step
   */
  record Numbers(float rate, long iteration, long step, float part, boolean stop) {
    /** Those of one process. */
    Numbers(float rate, long iteration, long step) {
      this(rate, iteration, step, 1, false);
    }
  }

  /** A loss that is no finite number, with what is known of it. Nothing was updated. */
  static final class NotFinite extends Exception {
    private static final long serialVersionUID = 1L;

    NotFinite(GraftException explained) {
      super(explained);
    }

    GraftException explained() {
      return (GraftException) getCause();
    }
  }

  TrainingStep(Network network, TrainingGraph graph, Diagnosis diagnosis) {
    this.network = network;
    this.graph = graph;
    this.diagnosis = diagnosis;
    this.scale = graph.scale == null ? null : LossScale.FIRST;
  }

  /** What the loss is multiplied by; null when it is not scaled. */
  LossScale scale() {
    return scale;
  }

  /** Goes on with the scale that training had reached. */
  void scale(LossScale reached) {
    if (scale != null && reached != null) {
      scale = reached;
    }
  }

  /**
   * One update.
   *
   * @param weights of the examples, one tensor an output, or none
   * @param where names the step in messages
   * @return the scoring's report of this batch
   */
  float[] run(Batch batch, List<Tensor> weights, Numbers numbers, String where) throws NotFinite {
    while (true) {
      float[] report = once(batch, weights, numbers, where);
      if (report != null) {
        scale = scale == null ? null : scale.grown();
        return report;
      }
      // Nothing was updated, so the step is tried again.
      scale = scale.lowered();
    }
  }

  /** Null when a gradient overflowed under the loss scale. */
  private float[] once(Batch batch, List<Tensor> weights, Numbers numbers, String where)
      throws NotFinite {
    Session.Runner runner = network.session().runner();
    try (Tensor rate = Tensors.floats(new float[] {numbers.rate()});
        Tensor iteration = Tensors.longs(new long[] {numbers.iteration()});
        Tensor step = Tensors.longs(new long[] {numbers.step()});
        Tensor part = Tensors.floats(new float[] {numbers.part()});
        Tensor stop = Tensors.floats(new float[] {numbers.stop() ? 1 : 0}, 1);
        Tensor factor = Tensors.floats(new float[] {scale == null ? 1 : scale.value()})) {
      graph.scoring.feed(runner, batch, weights);
      runner.feed(graph.rate, rate).feed(graph.iteration, iteration).feed(network.step(), step);
      graph.share.feed(runner, part, stop);
      if (scale != null) {
        runner.feed(graph.scale, factor);
      }
      runner.fetch(graph.scoring.report());
      for (Op update : graph.targets(numbers.iteration())) {
        runner.addTarget(update);
      }
      float[] report;
      try (Result result = network.workers().run(runner, where)) {
        report = Tensors.read(result.get(0));
      }
      if (graph.share.several() && !Float.isFinite(report[0])) {
        throw new NotFinite(diagnosis.loss(where, batch, numbers.step()));
      }
      return report;
    } catch (TFInvalidArgumentException e) {
      GraftException labels = diagnosis.labels(where, batch);
      if (labels != null) {
        throw labels;
      }
      String message = String.valueOf(e.getMessage());
      boolean overflow = scale != null && message.contains(TrainingGraph.OVERFLOW);
      if (overflow && !scale.least()) {
        return null;
      }
      if (overflow || message.contains(TrainingGraph.NOT_FINITE)) {
        throw new NotFinite(diagnosis.loss(where, batch, numbers.step()));
      }
      throw e;
    } catch (OutOfMemoryError | TFResourceExhaustedException e) {
      throw NativeMemory.exceeded(where, batch.size(), SMALLER, e);
    }
  }
}
