package dev.graft.layers;

/** Which value of a window pooling keeps. */
public enum Pooling {
  AVERAGE("Average"),
  MAX("Max");

  private final String word;

  Pooling(String word) {
    this.word = word;
  }

  /** The word Keras's class names begin with. */
  public String word() {
    return word;
  }
}
