package dev.graft.error;

/** Something Keras allows and Graft cannot build, train or write. */
public final class UnsupportedException extends GraftException {
  private static final long serialVersionUID = 1L;

  /** Says in {@code message} where, what was expected, what came and what to do. */
  public UnsupportedException(String message) {
    super(message);
  }

  /** As the other constructor, keeping what caused it for {@code --debug}. */
  public UnsupportedException(String message, Throwable cause) {
    super(message, cause);
  }
}
