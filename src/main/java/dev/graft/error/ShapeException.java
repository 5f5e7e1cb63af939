package dev.graft.error;

/** Tensors whose shapes do not fit. */
public final class ShapeException extends GraftException {
  private static final long serialVersionUID = 1L;

  /** Says in {@code message} where, what was expected, what came and what to do. */
  public ShapeException(String message) {
    super(message);
  }

  /** As the other constructor, keeping what caused it for {@code --debug}. */
  public ShapeException(String message, Throwable cause) {
    super(message, cause);
  }
}
