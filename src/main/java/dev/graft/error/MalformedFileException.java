package dev.graft.error;

/** A file that is damaged, or not of the kind it should be. */
public final class MalformedFileException extends GraftException {
  private static final long serialVersionUID = 1L;

  /** Says in {@code message} where, what was expected, what came and what to do. */
  public MalformedFileException(String message) {
    super(message);
  }

  /** As the other constructor, keeping what caused it for {@code --debug}. */
  public MalformedFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
