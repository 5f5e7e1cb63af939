package dev.graft.layers;

import dev.graft.error.ShapeException;

/** Shapes of element-by-element operations. */
final class Broadcast {
  private Broadcast() {}

  /** The shape of {@code a op b} by NumPy's rule; the type of {@code a}. */
  static Spec of(Spec a, Spec b) {
    int rank = Math.max(a.rank(), b.rank());
    long[] sizes = new long[rank];
    for (int i = 1; i <= rank; i++) {
      long x = i <= a.rank() ? a.size(-i) : 1;
      long y = i <= b.rank() ? b.size(-i) : 1;
      if (x >= 0 && y >= 0 && x != y && x != 1 && y != 1) {
        throw new ShapeException("the shapes " + a + " and " + b + " do not go together.");
      }
      sizes[rank - i] = x == 1 ? y : y == 1 ? x : Math.min(x, y);
    }
    return a.with(sizes);
  }
}
