package dev.graft.error;

/**
 * What runs was ended from outside, through no fault of its own: started again, it goes on from its
 * last checkpoint. The command line exits with 75.
 */
public final class RestartException extends GraftException {
  private static final long serialVersionUID = 1L;

  /** An error whose message is one sentence: what ended it, and what to do. */
  public RestartException(String message) {
    super(message);
  }

  /** As the other constructor, with what TensorFlow or Java said. */
  public RestartException(String message, Throwable cause) {
    super(message, cause);
  }
}
