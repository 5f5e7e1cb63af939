package dev.graft.keras;

/** What a Keras file is. */
public enum FileKind {
  /** Architecture, weights and perhaps the optimizer in one HDF5 file. */
  WHOLE_H5("whole-model .h5"),
  /** Weights alone, groups named after layers. */
  WEIGHTS_H5("weights-only .h5"),
  /** Weights alone, as Keras 3 saves them. */
  WEIGHTS_V3("weights-only .weights.h5"),
  /** Keras 3's zip archive. */
  KERAS(".keras archive"),
  /** What such an archive holds, in a folder, as {@code save(…, zipped=False)} leaves it. */
  FOLDER(".keras unpacked, a folder"),
  /** The architecture alone. */
  ARCHITECTURE("architecture .json");

  private final String words;

  FileKind(String words) {
    this.words = words;
  }

  /** For people. */
  public String words() {
    return words;
  }
}
