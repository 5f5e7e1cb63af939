package dev.graft.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Remembers the loss of every single step, and a weight after it. */
final class StepRecorder implements Callback {
  final List<Double> losses = new ArrayList<>();
  final List<float[]> values = new ArrayList<>();
  final List<Float> rates = new ArrayList<>();
  private final int rows;
  private final int batchSize;
  private final String weight;
  private double before;

  /**
   * A recorder of batches of {@code batchSize} out of {@code rows} examples, and of the weight
   * {@code weight}, which may be null.
   */
  StepRecorder(int rows, int batchSize, String weight) {
    this.rows = rows;
    this.batchSize = batchSize;
    this.weight = weight;
  }

  @Override
  public void onEpochBegin(Training training, int epoch) {
    before = 0;
  }

  @Override
  public void onTrainBatchEnd(Training training, long batch, Map<String, Double> logs) {
    int done = (int) Math.min(rows, (batch + 1) * batchSize);
    int size = done - (int) batch * batchSize;
    double sum = logs.get("loss") * done;
    losses.add((sum - before) / size);
    before = sum;
    rates.add(training.rate());
    if (weight != null) {
      values.add(training.network().values(weight));
    }
  }
}
