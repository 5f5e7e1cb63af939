package dev.graft.keras;

/** How a file keeps its weights. */
public enum Layout {
  /** Keras 1 and 2, and Keras 3's {@code .h5}: groups named after layers. */
  BY_NAME("HDF5, groups named after layers"),
  /** Keras 3's {@code .weights.h5} and {@code .keras}: groups named after classes and counted. */
  BY_CLASS("HDF5, groups named after classes"),
  /** As {@link #BY_CLASS}, in NumPy's archive format. */
  ARRAYS("NumPy archive, named after classes"),
  /** As {@link #BY_CLASS}, spread over several files with a table beside them. */
  SHARDS("HDF5 shards, groups named after classes");

  private final String words;

  Layout(String words) {
    this.words = words;
  }

  /** For people. */
  public String words() {
    return words;
  }

  /** True when groups are named after classes and counted, as Keras 3's saving library does. */
  public boolean byClass() {
    return this != BY_NAME;
  }
}
