package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.error.SettingException;

/** Keras's LearningRateScheduler: sets the rate at the beginning of each epoch. */
public final class LearningRateScheduler implements Callback {
  private final Plan plan;

  /** The rate of an epoch. */
  @FunctionalInterface
  public interface Plan {
    /**
     * The rate of epoch {@code epoch}, counted from 0.
     *
     * @param rate the rate before
     */
    double rate(int epoch, double rate);
  }

  /** A scheduler that follows {@code plan}. */
  public LearningRateScheduler(Plan plan) {
    this.plan = plan;
  }

  /** Reads {@code schedule}: a list of rates, or an expression in {@code epoch} and {@code lr}. */
  static LearningRateScheduler read(Config c) {
    c.ignore("verbose");
    Config schedule = c.get("schedule");
    if (schedule.isList()) {
      double[] rates = schedule.numbers();
      return new LearningRateScheduler(
          (epoch, rate) -> {
            if (epoch >= rates.length) {
              throw new SettingException(
                  schedule.where()
                      + ": expected a rate for each epoch, came "
                      + rates.length
                      + "; there is none for epoch "
                      + (epoch + 1)
                      + ".");
            }
            return rates[epoch];
          });
    }
    Expression expression = Expression.parse(schedule.string(), schedule.where(), "epoch", "lr");
    return new LearningRateScheduler((epoch, rate) -> expression.value(epoch, rate));
  }

  @Override
  public void onEpochBegin(Training training, int epoch) {
    training.learningRate((float) plan.rate(epoch, training.learningRate()));
  }
}
