package dev.graft.error;

/** A setting, option or recipe key that is unknown, missing or out of range. */
public final class SettingException extends GraftException {
  private static final long serialVersionUID = 1L;

  /** Says in {@code message} where, what was expected, what came and what to do. */
  public SettingException(String message) {
    super(message);
  }

  /** As the other constructor, keeping what caused it for {@code --debug}. */
  public SettingException(String message, Throwable cause) {
    super(message, cause);
  }
}
