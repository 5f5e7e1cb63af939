package dev.graft.train;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
 * @param scale what the loss is multiplied by in float16, or null
 * @param saved whether a checkpoint holds the variables of this position, so that they have to be
 *     read from it
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
    List<Map<String, Object>> callbacks,
    LossScale scale,
    boolean saved) {
  /** The beginning of stage {@code stage}, after {@code step} updates by the stages before. */
  public static Position start(int stage, int initialEpoch, long step) {
    return new Position(
        stage, initialEpoch, 0, 0, step, null, null, new double[0][], List.of(), null, false);
  }

  /** The beginning of a first stage whose optimizer has made {@code updates} before. */
  public static Position after(int initialEpoch, long updates) {
    return new Position(
        0, initialEpoch, 0, updates, updates, null, null, new double[0][], List.of(), null, false);
  }

  /**
   * The beginning of a stage that goes on with the optimizer of the one that ended here: its count
   * of updates, which schedules follow, and the learning rate a callback has set.
   *
   * @param keepsRate whether that learning rate is kept, or the new stage has its own
   */
  public Position continued(int nextStage, int initialEpoch, boolean keepsRate) {
    return new Position(
        nextStage,
        initialEpoch,
        0,
        iteration,
        step,
        keepsRate ? rate : null,
        null,
        new double[0][],
        List.of(),
        scale,
        false);
  }

  /** True before the first update of an optimizer that goes on with nothing. */
  public boolean fresh() {
    return iteration == 0 && batch == 0;
  }

  /** As plain data for JSON; {@link #read} is the way back. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("stage", stage);
    json.put("epoch", epoch);
    json.put("batch", batch);
    json.put("iteration", iteration);
    json.put("step", step);
    json.put("rate", rate);
    json.put("stopped", stopped);
    json.put("sums", sums);
    json.put("callbacks", callbacks);
    if (scale != null) {
      json.put("loss_scale", scale.json());
    }
    return json;
  }

  /** What {@link #json} wrote. */
  public static Position read(Config c) {
    List<Map<String, Object>> callbacks = new ArrayList<>();
    for (Config state : c.get("callbacks").items()) {
      Map<String, Object> plain = new LinkedHashMap<>();
      state.keys().forEach(key -> plain.put(key, state.has(key) ? state.get(key).plain() : null));
      callbacks.add(plain);
    }
    return new Position(
        c.integer("stage"),
        c.integer("epoch"),
        c.integer("batch"),
        c.get("iteration").whole(),
        c.get("step").whole(),
        c.has("rate") ? (Float) (float) c.number("rate") : null,
        c.string("stopped", null),
        c.get("sums").items().stream().map(Position::numbers).toArray(double[][]::new),
        callbacks,
        LossScale.read(c),
        true);
  }

  private static double[] numbers(Config list) {
    return list.items().stream().mapToDouble(Position::number).toArray();
  }

  /** A number; JSON has no NaN and no infinities, which are written as texts. */
  static double number(Config value) {
    if (value.isString()) {
      return switch (value.string()) {
        case "NaN" -> Double.NaN;
        case "Infinity" -> Double.POSITIVE_INFINITY;
        case "-Infinity" -> Double.NEGATIVE_INFINITY;
        default -> throw value.wrong("a number");
      };
    }
    return value.number();
  }
}
