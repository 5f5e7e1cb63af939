package dev.graft.layers;

/**
 * A tensor of a model: output {@code tensor} of the use number {@code node} of {@code layer}. Keras
 * writes the same triple as {@code [name, node_index, tensor_index]}.
 */
public record Ref(String layer, int node, int tensor) {
  /** The first output of the first use of {@code layer}. */
  public static Ref of(String layer) {
    return new Ref(layer, 0, 0);
  }

  // Written out: those of records are made as the program runs, and models ask for them from the
  // first moment on.
  @Override
  public boolean equals(Object other) {
    return other instanceof Ref ref
        && layer.equals(ref.layer)
        && node == ref.node
        && tensor == ref.tensor;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * layer.hashCode() + node) + tensor;
  }
}
