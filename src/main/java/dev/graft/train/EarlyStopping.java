package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.network.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;

/**
 * Keras's EarlyStopping. The best weights are kept in variables of the network, so that checkpoints
 * hold them too. Source: keras/src/callbacks/early_stopping.py, Keras 3.15.
 */
public final class EarlyStopping implements Callback {
  private final Monitor monitor;
  private final int patience;
  private final Double baseline;
  private final boolean restore;
  private final int from;
  private final Map<Variable, Variable> kept = new LinkedHashMap<>();
  private Op keep;
  private Op giveBack;
  private int wait;
  private int bestEpoch;
  private boolean keeping;
  private Double best;

  private EarlyStopping(Config c) {
    monitor = Monitor.read(c, 0);
    patience = c.integer("patience", 0);
    baseline = c.has("baseline") ? (Double) c.number("baseline") : null;
    restore = c.flag("restore_best_weights", false);
    from = c.integer("start_from_epoch", 0);
  }

  static EarlyStopping read(Config c) {
    c.ignore("verbose");
    return new EarlyStopping(c);
  }

  @Override
  public void prepare(Network network) {
    if (!restore) {
      return;
    }
    // Another fit may give it another network.
    kept.clear();
    String prefix = "best/";
    while (taken(network, prefix)) {
      prefix = "another_" + prefix;
    }
    Ops tf = network.ops().withSubScope("best");
    for (Model.Variable weight : List.copyOf(network.model().variables())) {
      if (network.model().layer(weight.layer()).trainable()) {
        kept.put(
            network.variable(weight.name()),
            network.addVariable(prefix + weight.name(), weight.slot().shape()));
      }
    }
    keep =
        tf.withControlDependencies(
                kept.entrySet().stream()
                    .<Op>map(e -> e.getValue().assign(tf, e.getKey().read()))
                    .toList())
            .noOp();
    giveBack =
        tf.withControlDependencies(
                kept.entrySet().stream()
                    .<Op>map(e -> e.getKey().assign(tf, e.getValue().read()))
                    .toList())
            .noOp();
    run(network, keep);
  }

  private static boolean taken(Network network, String prefix) {
    return network.variables().stream().anyMatch(v -> v.name().startsWith(prefix));
  }

  private static void run(Network network, Op op) {
    Session.Runner runner = network.session().runner();
    network.run(runner.addTarget(op)).close();
  }

  @Override
  public void onTrainBegin(Training training) {
    monitor.check("EarlyStopping", training);
    wait = 0;
    bestEpoch = 0;
    best = null;
    keeping = false;
  }

  @Override
  public void onEpochEnd(Training training, int epoch, Map<String, Double> logs) {
    Double value = monitor.value(logs);
    if (value == null || epoch < from) {
      return;
    }
    if (restore && !keeping) {
      // If nothing ever gets better, the weights after the first epoch count as the best.
      keep(training, epoch);
    }
    wait++;
    if (monitor.better(training, value, best)) {
      best = value;
      keep(training, epoch);
      if (baseline == null || monitor.better(training, value, baseline)) {
        wait = 0;
      }
      return;
    }
    if (wait >= patience && epoch > 0) {
      training.stop(
          "epoch "
              + (epoch + 1)
              + ": stopped early, '"
              + monitor.log()
              + "' was best after epoch "
              + (bestEpoch + 1)
              + ".");
    }
  }

  private void keep(Training training, int epoch) {
    bestEpoch = epoch;
    if (restore) {
      keeping = true;
      run(training.network(), keep);
    }
  }

  @Override
  public void onTrainEnd(Training training) {
    if (keeping) {
      run(training.network(), giveBack);
      training.say("the weights are those after epoch " + (bestEpoch + 1) + ", the best.");
    }
  }

  @Override
  public Map<String, Object> state() {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("wait", wait);
    state.put("best", best);
    state.put("best_epoch", bestEpoch);
    state.put("keeping", keeping);
    return state;
  }

  @Override
  public void restore(Config state) {
    wait = state.integer("wait");
    best = state.has("best") ? (Double) Position.number(state.get("best")) : null;
    bestEpoch = state.integer("best_epoch");
    keeping = state.flag("keeping");
  }
}
