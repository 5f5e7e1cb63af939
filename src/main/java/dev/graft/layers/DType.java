package dev.graft.layers;

import dev.graft.error.UnsupportedException;
import java.util.Locale;

/** The element types a Keras tensor may have, under Keras's names. */
public enum DType {
  FLOAT16,
  BFLOAT16,
  FLOAT32,
  FLOAT64,
  INT8,
  INT16,
  INT32,
  INT64,
  UINT8,
  BOOL,
  STRING;

  /** The type that Keras calls {@code name}, such as {@code float32}. */
  public static DType of(String name, String where) {
    for (DType type : values()) {
      if (type.keras().equals(name)) {
        return type;
      }
    }
    throw new UnsupportedException(
        where + ": element type '" + name + "' is not supported. Known: float32, int32, …");
  }

  /** Keras's name, such as {@code float32}. */
  public String keras() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** True for the floating-point types. */
  public boolean floating() {
    return this == FLOAT16 || this == BFLOAT16 || this == FLOAT32 || this == FLOAT64;
  }
}
