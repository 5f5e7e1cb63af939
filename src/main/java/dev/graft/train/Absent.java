package dev.graft.train;

import java.util.Map;

/** What Keras has and Graft has not, with the reason and what to take in its place. */
final class Absent {
  static final Map<String, String> OPTIMIZERS =
      Map.of(
          "LossScaleOptimizer",
          "The loss is scaled by --precision float16, or by the optimizer's loss_scale_factor.",
          "MultiOptimizer",
          "Give layers rates of their own with the stage's learning_rates.",
          "Muon",
          "It treats matrices and other weights by different rules; take AdamW or Lion.");

  static final Map<String, String> METRICS =
      Map.of(
          "Mean", "It takes values, not targets and outputs, so Keras cannot fit with it either.",
          "Sum", "It takes values, not targets and outputs, so Keras cannot fit with it either.",
          "MeanTensor", "It takes values, not targets and outputs; write a Metric in Java.",
          "MeanMetricWrapper", "It wraps a Python function; write a Metric in Java.");

  static final Map<String, String> CALLBACKS =
      Map.of(
          "History", "It is always at work: history.json has every epoch. Leave it out.",
          "BaseLogger", "It is always at work. Leave it out.",
          "ProgbarLogger", "What is shown is said by the stage's verbose. Leave it out.",
          "LambdaCallback", "It holds Python code; write a Callback in Java.",
          "RemoteMonitor", "It sends the logs over the network; write a Callback in Java.",
          "SwapEMAWeights", "Take the stage's ema, and graft evaluate RUN --ema.",
          "OrbaxCheckpoint", "Take ModelCheckpoint or BackupAndRestore.",
          "SidecarEvaluatorModelExport", "Take graft evaluate RUN --watch, or ModelCheckpoint.",
          "CallbackList", "Give a list of callbacks.");

  private Absent() {}

  /** " REASON" for a class of {@code table}, else nothing. */
  static String reason(Map<String, String> table, String name) {
    return table.containsKey(name) ? " " + table.get(name) : "";
  }
}
