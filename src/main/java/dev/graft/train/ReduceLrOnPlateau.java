package dev.graft.train;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keras's ReduceLROnPlateau. Source: keras/src/callbacks/reduce_lr_on_plateau.py, Keras 3.15. */
public final class ReduceLrOnPlateau implements Callback {
  private final Monitor monitor;
  private final double factor;
  private final int patience;
  private final int cooldown;
  private final double least;
  private int wait;
  private int resting;
  private Double best;

  private ReduceLrOnPlateau(Config c) {
    monitor = Monitor.read(c, c.number("epsilon", 1e-4));
    factor = c.number("factor", 0.1);
    patience = c.integer("patience", 10);
    cooldown = c.integer("cooldown", 0);
    least = c.number("min_lr", 0);
    if (factor >= 1) {
      throw c.get("factor").wrong("a number below 1");
    }
  }

  static ReduceLrOnPlateau read(Config c) {
    c.ignore("verbose");
    return new ReduceLrOnPlateau(c);
  }

  @Override
  public void onTrainBegin(Training training) {
    monitor.check("ReduceLROnPlateau", training);
    wait = 0;
    resting = 0;
    best = null;
  }

  @Override
  public void onEpochEnd(Training training, int epoch, Map<String, Double> logs) {
    Double value = monitor.value(logs);
    if (value == null) {
      return;
    }
    if (resting > 0) {
      resting--;
      wait = 0;
    }
    if (monitor.better(training, value, best)) {
      best = value;
      wait = 0;
    } else if (resting == 0 && ++wait >= patience) {
      reduce(training, epoch);
    }
  }

  private void reduce(Training training, int epoch) {
    double rate = training.learningRate();
    if (rate > (float) least) {
      float lower = (float) Math.max(rate * factor, least);
      training.learningRate(lower);
      training.say("epoch " + (epoch + 1) + ": the learning rate goes down to " + lower + ".");
      resting = cooldown;
      wait = 0;
    }
  }

  @Override
  public Map<String, Object> state() {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("wait", wait);
    state.put("resting", resting);
    state.put("best", best);
    return state;
  }

  @Override
  public void restore(Config state) {
    wait = state.integer("wait");
    resting = state.integer("resting");
    best = state.has("best") ? (Double) Position.number(state.get("best")) : null;
  }
}
