package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.SettingException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What the targets of a data set are and how they reach the loss, under the recipe's names. */
public enum Labels {
  /** One class an example, as one-hot rows: float32 (batch, classes). */
  CATEGORICAL,
  /** One class an example, as its index: float32 (batch, 1). */
  SPARSE,
  /** One of two classes, 0 or 1: float32 (batch, 1). */
  BINARY,
  /** Numbers: float32 (batch, n). */
  REGRESSION,
  /** Any number of classes an example, 0 or 1 for each: float32 (batch, classes). */
  MULTI_LABEL;

  /** Reads {@code categorical}, {@code sparse}, {@code binary}, {@code regression}, … */
  public static Labels of(Config value) {
    String name = value.string();
    for (Labels kind : values()) {
      if (kind.toString().equals(name)) {
        return kind;
      }
    }
    List<String> known = Arrays.stream(values()).map(Labels::toString).toList();
    throw new SettingException(
        value.where() + ": '" + name + "' is no kind of labels." + Nearest.hint(name, known));
  }

  /** The name in a recipe, such as {@code multi-label}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
