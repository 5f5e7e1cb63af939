package dev.graft.train;

import java.util.List;
import java.util.Map;

/**
 * How far training has come, beside the values of the variables: enough to go on as if it had never
 * stopped.
 *
 * @param stage index of the stage
 * @param epoch the epoch that runs, or comes next when {@code batch} is 0
 * @param batch batches of that epoch already done
 * @param iteration updates since the stage began
 * @param step updates since training began, which seeds random ops
 * @param rate a learning rate that a callback has set, or null
 * @param stopped why a callback ended the stage, or null
 * @param sums running loss and metrics of the epoch, empty at its beginning
 * @param callbacks what each callback of the stage remembers
 */
public record Position(
    int stage,
    int epoch,
    int batch,
    long iteration,
    long step,
    Float rate,
    String stopped,
    double[][] sums,
    List<Map<String, Object>> callbacks) {
  /** The beginning of stage {@code stage}, after {@code step} updates by the stages before. */
  public static Position start(int stage, int initialEpoch, long step) {
    return new Position(stage, initialEpoch, 0, 0, step, null, null, new double[0][], List.of());
  }

  /** True before the first update of the stage. */
  public boolean fresh() {
    return iteration == 0 && batch == 0;
  }
}
