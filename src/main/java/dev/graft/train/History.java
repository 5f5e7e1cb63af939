package dev.graft.train;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What every epoch came to. Keras's History, over all stages. */
public final class History {
  private final List<Epoch> epochs = new ArrayList<>();

  /**
   * One epoch.
   *
   * @param stage the stage's name
   * @param epoch from 0 within its stage
   * @param logs Keras's log names, {@code learning_rate} among them
   * @param seconds it took, validation included
   */
  public record Epoch(String stage, int epoch, Map<String, Double> logs, double seconds) {
    /** Copies the logs. */
    public Epoch {
      logs = Collections.unmodifiableMap(new LinkedHashMap<>(logs));
    }

    /** As one object of {@code history.json}. */
    public Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("stage", stage);
      json.put("epoch", epoch);
      json.putAll(logs);
      json.put("seconds", seconds);
      return json;
    }
  }

  /** What {@link Epoch#json} wrote of every epoch, in a list. */
  public static History read(Config epochs) {
    History history = new History();
    for (Config epoch : epochs.items()) {
      Map<String, Double> logs = new LinkedHashMap<>();
      for (String key : epoch.keys()) {
        if (!Set.of("stage", "epoch", "seconds").contains(key)) {
          logs.put(key, Position.number(epoch.get(key)));
        }
      }
      history.add(
          new Epoch(epoch.string("stage"), epoch.integer("epoch"), logs, epoch.number("seconds")));
    }
    return history;
  }

  /** The double that prints as the float does, so that 0.001 stays 0.001 in the history. */
  static double exact(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  /** Appends an epoch. */
  public void add(Epoch epoch) {
    epochs.add(epoch);
  }

  /** All epochs in order. */
  public List<Epoch> epochs() {
    return Collections.unmodifiableList(epochs);
  }

  /** The values of one log name over the epochs that have it. */
  public List<Double> values(String name) {
    return epochs.stream().map(e -> e.logs().get(name)).filter(v -> v != null).toList();
  }
}
