package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What any Keras optimizer may do beside its own rule. Null stands for "not done".
 *
 * @param weightDecay share of each weight, times the learning rate, taken away before the update
 * @param clipNorm the longest the gradient of one weight may be
 * @param clipValue the largest any element of a gradient may be
 * @param globalClipNorm the longest all gradients together may be
 * @param ema averages of the weights that take their place
 * @param accumulate gradients of so many steps are averaged into one update
 * @param lossScale the loss is multiplied by it and the gradients divided
 */
public record Tuning(
    Double weightDecay,
    Double clipNorm,
    Double clipValue,
    Double globalClipNorm,
    Ema ema,
    Integer accumulate,
    Double lossScale) {
  /** Nothing beside the rule. */
  public static final Tuning NONE = new Tuning(null, null, null, null, null, null, null);

  private static final double EMA_MOMENTUM = 0.99;

  /**
   * Exponential moving averages of the trained weights ({@code use_ema}), which replace them at the
   * end of training.
   *
   * @param momentum share of the average kept at each step
   * @param overwriteEvery weights are replaced after every so many updates, or 0 for never
   */
  public record Ema(double momentum, int overwriteEvery) {}

  /** Checks the numbers. */
  public Tuning {
    int clips = (clipNorm == null ? 0 : 1) + (clipValue == null ? 0 : 1);
    if (clips + (globalClipNorm == null ? 0 : 1) > 1) {
      throw new SettingException(
          "only one of clipnorm, clipvalue and global_clipnorm can be set. Keep one.");
    }
    if (accumulate != null && accumulate < 2) {
      throw new SettingException(
          "gradient_accumulation_steps: expected at least 2, came " + accumulate + ".");
    }
    if (ema != null && !(ema.momentum() >= 0 && ema.momentum() <= 1)) {
      throw new SettingException(
          "ema_momentum: expected a share between 0 and 1, came " + ema.momentum() + ".");
    }
  }

  /**
   * Reads the keys all Keras optimizers have.
   *
   * @param decay the weight decay where none is given, or null
   */
  static Tuning read(Config c, Double decay) {
    double momentum = c.number("ema_momentum", EMA_MOMENTUM);
    int overwrite = c.integer("ema_overwrite_frequency", 0);
    return new Tuning(
        c.has("weight_decay") ? (Double) c.number("weight_decay") : decay,
        optional(c, "clipnorm"),
        optional(c, "clipvalue"),
        optional(c, "global_clipnorm"),
        c.flag("use_ema", false) ? new Ema(momentum, overwrite) : null,
        c.has("gradient_accumulation_steps")
            ? (Integer) c.integer("gradient_accumulation_steps")
            : null,
        optional(c, "loss_scale_factor"));
  }

  /** A number; 0 counts as absent, as in Keras. */
  private static Double optional(Config c, String key) {
    return c.number(key, 0) == 0 ? null : (Double) c.number(key);
  }

  /** As Keras 3's {@code get_config()} has it. */
  Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("weight_decay", weightDecay);
    config.put("clipnorm", clipNorm);
    config.put("global_clipnorm", globalClipNorm);
    config.put("clipvalue", clipValue);
    config.put("use_ema", ema != null);
    config.put("ema_momentum", ema == null ? EMA_MOMENTUM : ema.momentum());
    config.put(
        "ema_overwrite_frequency",
        ema == null || ema.overwriteEvery() == 0 ? null : ema.overwriteEvery());
    config.put("loss_scale_factor", lossScale);
    config.put("gradient_accumulation_steps", accumulate);
    return config;
  }

  /** Whether gradients are clipped in one way or another. */
  boolean clips() {
    return clipNorm != null || clipValue != null || globalClipNorm != null;
  }

  /** Steps that make one update. */
  int steps() {
    return accumulate == null ? 1 : accumulate;
  }
}
