package dev.graft.train;

/**
 * Which Keras a stage is held to where the two train differently. {@code docs/equal-to-keras.md}
 * lists every difference.
 */
public enum Generation {
  /** tf_keras 2.18, the last of Keras 2; older files are read in its way. */
  KERAS_2,
  /** Keras 3.15. */
  KERAS_3;

  /** The generation by the number that a recipe or a file gives: 1 and 2 are Keras 2. */
  public static Generation of(int number) {
    return number >= 3 ? KERAS_3 : KERAS_2;
  }
}
