package dev.graft.train;

import dev.graft.config.Config;

/**
 * Keras's TerminateOnNaN: ends the stage at a loss that is no finite number, instead of failing.
 * The step itself changed nothing, so the weights are those before it.
 */
public final class TerminateOnNan implements Callback {
  private final boolean fail;

  /** Ends the stage; or leaves it to fail. */
  public TerminateOnNan(boolean fail) {
    this.fail = fail;
  }

  static TerminateOnNan read(Config c) {
    return new TerminateOnNan(c.flag("raise_error", false));
  }

  @Override
  public void onBadLoss(Training training, String reason) {
    if (!fail) {
      training.stop("terminated: " + reason);
    }
  }
}
