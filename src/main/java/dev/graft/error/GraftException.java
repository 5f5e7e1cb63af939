package dev.graft.error;

/**
 * An error a user can understand and mend.
 *
 * <p>The message is one sentence: where, what was expected, what came, what to do. For example
 * {@code vgg16.h5: layer 'block1_conv1' (Conv2D), weight 'kernel': the model expects (3, 3, 1, 64),
 * the file has (3, 3, 3, 64). Build the model with 3 input channels.}
 */
public abstract class GraftException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  GraftException(String message) {
    super(message);
  }

  GraftException(String message, Throwable cause) {
    super(message, cause);
  }
}
