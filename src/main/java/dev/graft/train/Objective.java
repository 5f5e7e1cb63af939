package dev.graft.train;

import java.util.List;

/**
 * What a network is trained towards: a loss for each output, and metrics to watch.
 *
 * @param outputs one for each output of the model, in order
 * @param generation whose Keras counts where the two differ
 */
public record Objective(List<Output> outputs, Generation generation) {
  /**
   * What one output is trained towards.
   *
   * @param name the output layer's name, which prefixes log names when there are several outputs
   * @param weight of this loss in the total ({@code loss_weights})
   * @param metrics over all examples alike
   * @param weightedMetrics weighted as the loss is
   */
  public record Output(
      String name, Loss loss, double weight, List<Metric> metrics, List<Metric> weightedMetrics) {
    /** Copies its lists. */
    public Output {
      metrics = List.copyOf(metrics);
      weightedMetrics = List.copyOf(weightedMetrics);
    }
  }

  /** Copies its list. */
  public Objective {
    outputs = List.copyOf(outputs);
  }

  /** An objective as Keras 3 has it. */
  public Objective(List<Output> outputs) {
    this(outputs, Generation.KERAS_3);
  }

  /** The objective of a network with one output. */
  public static Objective of(Loss loss, List<Metric> metrics) {
    return new Objective(List.of(new Output("", loss, 1, metrics, List.of())));
  }
}
