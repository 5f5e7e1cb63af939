package dev.graft.error;

/** Training that cannot start or go on: no gradient, nothing to train, no finite loss. */
public final class TrainingException extends GraftException {
  private static final long serialVersionUID = 1L;

  /** Says in {@code message} where, what was expected, what came and what to do. */
  public TrainingException(String message) {
    super(message);
  }

  /** As the other constructor, keeping what caused it for {@code --debug}. */
  public TrainingException(String message, Throwable cause) {
    super(message, cause);
  }
}
