package dev.graft.error;

/** Data that cannot be used: missing files, broken images, wrong labels. */
public final class DataException extends GraftException {
  private static final long serialVersionUID = 1L;

  /** Says in {@code message} where, what was expected, what came and what to do. */
  public DataException(String message) {
    super(message);
  }

  /** As the other constructor, keeping what caused it for {@code --debug}. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
