package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The table of learning rate schedules by Keras class name, and {@code learning_rate} itself. */
public final class Schedules {
  private static final Map<String, Function<Config, Schedule>> READERS = new LinkedHashMap<>();

  static {
    READERS.put("ExponentialDecay", c -> ExponentialDecay.read(c));
    READERS.put("InverseTimeDecay", c -> InverseTimeDecay.read(c));
    READERS.put("PolynomialDecay", c -> PolynomialDecay.read(c));
    READERS.put("PiecewiseConstantDecay", c -> PiecewiseConstantDecay.read(c));
    READERS.put("CosineDecay", c -> CosineDecay.read(c));
    READERS.put("CosineDecayRestarts", c -> CosineDecayRestarts.read(c));
    READERS.put("OneCycle", c -> OneCycle.read(c));
    READERS.put("CyclicalLearningRate", c -> CyclicalLearningRate.read(c));
  }

  private static final String INITIAL = "initial_learning_rate";

  private Schedules() {}

  /** Fails for what would climb the loss or make every weight NaN. */
  private static void checked(Config rate) {
    double value = rate.number();
    if (value < 0 || !Float.isFinite((float) value)) {
      throw rate.wrong("a finite number of at least 0");
    }
  }

  /** The schedule that {@code value} names, in any of the three forms of a Keras thing. */
  public static Schedule read(Config value) {
    Config.Named named = value.named();
    Function<Config, Schedule> reader = READERS.get(named.className());
    if (reader == null) {
      throw new UnsupportedException(
          value.where()
              + ": Graft has no schedule '"
              + named.className()
              + "'."
              + Nearest.hint(named.className(), READERS.keySet()));
    }
    named.config().ignore("name");
    if (named.config().has(INITIAL) && named.config().get(INITIAL).isNumber()) {
      checked(named.config().get(INITIAL));
    }
    Schedule schedule = reader.apply(named.config());
    named.config().done();
    return schedule;
  }

  /**
   * The learning rate of an optimizer: {@code learning_rate} or the older {@code lr}, a number or a
   * schedule, with the older {@code decay}.
   *
   * @param absent the rate where none is given
   * @param held the rate does not decay
   */
  static Schedule rate(Config optimizer, double absent, boolean held) {
    String key = optimizer.has("lr") ? "lr" : "learning_rate";
    if (optimizer.has("lr") && optimizer.has("learning_rate")) {
      throw optimizer.get("lr").wrong("one of lr and learning_rate");
    }
    if (optimizer.has(key) && !optimizer.get(key).isNumber()) {
      return read(optimizer.get(key));
    }
    if (optimizer.has(key)) {
      checked(optimizer.get(key));
    }
    float rate = (float) optimizer.number(key, absent);
    double decay = held ? 0 : optimizer.number("decay", 0);
    return decay == 0 ? new Schedule.Constant(rate) : new PowerDecay(rate, (float) decay);
  }
}
