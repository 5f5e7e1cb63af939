package dev.graft.network;

/** Names that TensorFlow accepts for ops, from names that Keras accepts for layers. */
public final class Names {
  private Names() {}

  /** {@code name} with every character TensorFlow refuses replaced; slashes stay. */
  public static String op(String name) {
    String clean = name.replaceAll("[^A-Za-z0-9_.\\-/]", "_").replaceAll("/+", "/");
    return clean.isEmpty() || !Character.isLetterOrDigit(clean.charAt(0)) ? "x" + clean : clean;
  }

  /** As {@link #op}, for one level of a scope: no slashes. */
  public static String scope(String name) {
    return op(name.replace('/', '_'));
  }
}
