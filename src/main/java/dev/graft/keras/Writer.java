package dev.graft.keras;

/**
 * Who wrote a file.
 *
 * @param version Keras's version, such as {@code 2.3.1}; empty when the file does not say
 * @param backend {@code tensorflow}, {@code theano}, …; empty when the file does not say
 */
public record Writer(String version, String backend) {
  /** A writer that is not known. */
  public static final Writer UNKNOWN = new Writer("", "");

  /** Keras's generation: 1, 2 (tf_keras as well) or 3; 0 when the file does not say. */
  public int generation() {
    return version.isEmpty() || !Character.isDigit(version.charAt(0)) ? 0 : version.charAt(0) - '0';
  }

  /** True when convolution kernels are stored as Theano uses them, turned round. */
  public boolean theano() {
    return backend.equals("theano");
  }

  @Override
  public String toString() {
    if (version.isEmpty()) {
      return "unknown";
    }
    return "Keras " + version + (backend.isEmpty() ? "" : " on " + backend);
  }
}
