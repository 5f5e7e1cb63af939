package dev.graft.error;

/**
 * The user wished that what runs comes to an end (Ctrl-C, SIGTERM), and it did, in the middle of
 * its work. The command line exits with 130.
 */
public final class StoppedException extends GraftException {
  private static final long serialVersionUID = 1L;

  /** An error whose message is one sentence: how far it came, and what is kept of that. */
  public StoppedException(String message) {
    super(message);
  }
}
