package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The table of optimizers by Keras class name, whatever the case: {@code Adam}, {@code adam}. */
public final class Optimizers {
  private static final Map<String, Entry> TABLE = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  /** How the rule of a class is read, and what Keras takes where nothing is said. */
  private record Entry(double rate, Double decay, Function<Config, Rule> rule) {}

  static {
    put("SGD", 1e-2, c -> new Sgd(c.number("momentum", 0), c.flag("nesterov", false)));
    put("Adam", 1e-3, c -> adam("Adam", c));
    TABLE.put("AdamW", new Entry(1e-3, 0.004, c -> adam("AdamW", c)));
    put("Adamax", 1e-3, c -> new Adamax(beta1(c), beta2(c), epsilon(c)));
    put("Nadam", 1e-3, c -> new Nadam(beta1(c), beta2(c), epsilon(c), growth(c)));
    put(
        "Adagrad",
        1e-3,
        c -> new Adagrad(c.number("initial_accumulator_value", 0.1), epsilon(c), legacy(c)));
    put("Adadelta", 1e-3, c -> new Adadelta(c.number("rho", 0.95), epsilon(c)));
    put(
        "RMSprop",
        1e-3,
        c ->
            new RmsProp(
                c.number("rho", 0.9),
                c.number("momentum", 0),
                epsilon(c),
                c.flag("centered", false),
                legacy(c)));
    put(
        "Ftrl",
        1e-3,
        c ->
            new Ftrl(
                c.number("learning_rate_power", -0.5),
                c.number("initial_accumulator_value", 0.1),
                c.number("l1_regularization_strength", 0),
                c.number("l2_regularization_strength", 0),
                c.number("l2_shrinkage_regularization_strength", 0),
                c.number("beta", 0)));
    put("Lamb", 1e-3, c -> new Lamb(beta1(c), beta2(c), epsilon(c)));
    put(
        "ScheduleFreeAdamW",
        0.0025,
        c ->
            new ScheduleFreeAdamW(
                beta1(c), beta2(c), c.number("epsilon", 1e-8), c.integer("warmup_steps", 0)));
    put("Lion", 1e-3, c -> new Lion(beta1(c), c.number("beta_2", 0.99)));
    put(
        "Adafactor",
        1e-3,
        c ->
            new Adafactor(
                c.number("beta_2_decay", -0.8),
                c.number("epsilon_1", 1e-30),
                c.number("epsilon_2", 1e-3),
                c.number("clip_threshold", 1),
                c.flag("relative_step", true)));
  }

  private static final double OLD_GROWTH = 0.004;

  private Optimizers() {}

  private static void put(String name, double rate, Function<Config, Rule> rule) {
    TABLE.put(name, new Entry(rate, null, rule));
  }

  private static Adam adam(String name, Config c) {
    return new Adam(name, beta1(c), beta2(c), epsilon(c), c.flag("amsgrad", false));
  }

  private static double beta1(Config c) {
    return c.number("beta_1", 0.9);
  }

  private static double beta2(Config c) {
    return c.number("beta_2", 0.999);
  }

  /** True for the optimizers that Keras had up to TensorFlow 2.10 and keeps as {@code legacy}. */
  private static boolean legacy(Config c) {
    return c.flag("is_legacy_optimizer", false);
  }

  /** The older Nadam had a setting for it, which its config calls {@code decay}. */
  private static double growth(Config c) {
    boolean old = legacy(c) || c.has("schedule_decay") || c.has("decay");
    return old ? c.number("schedule_decay", c.number("decay", OLD_GROWTH)) : 1;
  }

  private static double epsilon(Config c) {
    return c.number("epsilon", 1e-7);
  }

  /**
   * The optimizer that {@code value} names, in any of the three forms of a Keras thing. The older
   * {@code lr} and {@code decay} are understood.
   */
  public static Optimizer read(Config value) {
    Config.Named named = value.named();
    Entry entry = TABLE.get(named.className());
    if (entry == null) {
      throw new UnsupportedException(
          value.where()
              + ": Graft has no optimizer '"
              + named.className()
              + "'."
              + Absent.reason(Absent.OPTIMIZERS, named.className())
              + Nearest.hint(named.className(), TABLE.keySet()));
    }
    Config c = named.config();
    c.ignore("name", "jit_compile", "is_legacy_optimizer");
    if (c.flag("adaptive_epsilon", false)) {
      throw c.get("adaptive_epsilon").wrong("false, the only way Graft knows");
    }
    Rule rule = entry.rule().apply(c);
    // What Nadam's config calls decay is of its momentum.
    Schedule rate = Schedules.rate(c, entry.rate(), rule instanceof Nadam);
    Optimizer optimizer = new Optimizer(rule, rate, Tuning.read(c, entry.decay()));
    c.done();
    return optimizer;
  }
}
