package dev.graft.serve;

/** A request that is answered with an error: TensorFlow Serving's {@code {"error": …}}. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The request is wrong. */
  static final int BAD = 400;

  /** There is no such model, version or page. */
  static final int UNKNOWN = 404;

  static final int TOO_SLOW = 408;

  static final int TOO_LARGE = 413;

  /** The body is packed in a way that is not known. */
  static final int UNSUPPORTED = 415;

  /** Too many are waiting. */
  static final int BUSY = 503;

  static final int TOO_LATE = 504;

  private final int code;

  Refusal(int code, String message) {
    super(message);
    this.code = code;
  }

  static Refusal bad(String message) {
    return new Refusal(BAD, message);
  }

  /** The HTTP status. */
  int code() {
    return code;
  }
}
