package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.SettingException;
import dev.graft.error.UnsupportedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The table of callbacks by Keras's names. */
public final class Callbacks {
  private static final Map<String, BiFunction<Config, Setting, Callback>> READERS =
      new LinkedHashMap<>();

  static {
    READERS.put("EarlyStopping", (c, s) -> EarlyStopping.read(c));
    READERS.put("ReduceLROnPlateau", (c, s) -> ReduceLrOnPlateau.read(c));
    READERS.put("LearningRateScheduler", (c, s) -> LearningRateScheduler.read(c));
    READERS.put("TerminateOnNaN", (c, s) -> TerminateOnNan.read(c));
    READERS.put("CSVLogger", (c, s) -> CsvLogger.read(c, s.folder()));
    READERS.put("BackupAndRestore", (c, s) -> BackupAndRestore.read(c, s.folder()));
    READERS.put("ModelCheckpoint", (c, s) -> ModelCheckpoint.read(c, s.folder(), s.writer()));
  }

  private Callbacks() {}

  /**
   * What callbacks need from outside.
   *
   * @param folder where they write, and which they cannot leave
   * @param writer writes models
   * @param others readers of more callbacks by name: those of other rooms, and a user's own
   */
  public record Setting(
      Path folder, NetworkWriter writer, Map<String, Function<Config, Callback>> others) {
    /** Copies the map. */
    public Setting {
      others = Map.copyOf(others);
    }
  }

  /**
   * Gives callbacks back what they remembered; those without memory may have become more or less.
   *
   * @param states of {@link Callback#state}, in order
   */
  static void restore(String where, List<Callback> all, List<Map<String, Object>> states) {
    boolean remembered = states.stream().anyMatch(state -> !state.isEmpty());
    if (remembered && states.size() != all.size()) {
      throw new SettingException(
          where
              + ": the checkpoint was written with "
              + states.size()
              + " callbacks, there are "
              + all.size()
              + " now. Go on with the callbacks the run began with, or start anew.");
    }
    for (int i = 0; remembered && i < states.size(); i++) {
      all.get(i).restore(Config.of(states.get(i), "checkpoint: callbacks[" + i + "]"));
    }
  }

  /** New callbacks from a list, each in any of the three forms of a Keras thing. */
  public static List<Callback> read(Config list, Setting setting) {
    List<Callback> callbacks = new ArrayList<>();
    for (Config value : list.items()) {
      Config.Named named = value.named();
      Callback callback;
      if (setting.others().containsKey(named.className())) {
        callback = setting.others().get(named.className()).apply(named.config());
      } else if (READERS.containsKey(named.className())) {
        callback = READERS.get(named.className()).apply(named.config(), setting);
      } else {
        List<String> known = new ArrayList<>(READERS.keySet());
        known.addAll(setting.others().keySet());
        throw new UnsupportedException(
            value.where()
                + ": Graft has no callback '"
                + named.className()
                + "'."
                + Absent.reason(Absent.CALLBACKS, named.className())
                + Nearest.hint(named.className(), known));
      }
      named.config().done();
      callbacks.add(callback);
    }
    return callbacks;
  }
}
