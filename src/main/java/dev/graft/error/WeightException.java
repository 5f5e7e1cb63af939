package dev.graft.error;

/** Weights that are missing, left over or of another shape than the model's. */
public final class WeightException extends GraftException {
  private static final long serialVersionUID = 1L;

  /** Says in {@code message} where, what was expected, what came and what to do. */
  public WeightException(String message) {
    super(message);
  }

  /** As the other constructor, keeping what caused it for {@code --debug}. */
  public WeightException(String message, Throwable cause) {
    super(message, cause);
  }
}
