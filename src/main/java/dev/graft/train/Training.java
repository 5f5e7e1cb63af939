package dev.graft.train;

import dev.graft.network.Network;
import java.util.List;

/** A training stage that is running, as a {@link Callback} sees it. */
public interface Training {
  /** The network being trained; its weights may be read and set between steps. */
  Network network();

  /** The stage's settings. */
  Stage stage();

  /**
   * The learning rate a callback may set, as it stands now; that of the last update where a
   * schedule decides about it.
   */
  float learningRate();

  /**
   * Sets the learning rate from the next update on.
   *
   * @throws dev.graft.error.SettingException when a schedule decides about it, as in Keras
   */
  void learningRate(float rate);

  /** Updates done since the stage began. */
  long iterations();

  /** The names that an epoch's logs have: loss, metrics, the same with {@code val_}, and others. */
  List<String> logs();

  /** Ends the stage after this step or epoch. */
  void stop(String reason);

  /** Tells the user something. */
  void say(String text);
}
