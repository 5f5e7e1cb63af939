package dev.graft.error;

/** Work that the memory does not hold: of this process, of its container, or of a GPU. */
public final class MemoryException extends GraftException {
  private static final long serialVersionUID = 1L;

  /** Says in {@code message} what did not fit, how large it was and what to do. */
  public MemoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
