package dev.graft.layers;

import dev.graft.error.ShapeException;
import java.util.Arrays;
import java.util.List;

/** Axes as Keras gives them: negative ones count from the end. */
final class Axes {
  private Axes() {}

  /** {@code axes} of {@code in} from 0, in rising order; an error for one that is not there. */
  static int[] of(Spec in, List<Integer> axes) {
    for (int axis : axes) {
      if (axis < -in.rank() || axis >= in.rank()) {
        throw new ShapeException("there is no axis " + axis + " in " + in + ".");
      }
    }
    return axes.stream().mapToInt(axis -> Math.floorMod(axis, in.rank())).sorted().toArray();
  }

  /** The sizes along {@code axes}, which {@code what} must know. */
  static long[] sizes(Spec in, List<Integer> axes, String what) {
    return Arrays.stream(of(in, axes)).mapToLong(axis -> in.known(axis, what)).toArray();
  }

  /** The shape of {@code in} along {@code axes}, 1 elsewhere. */
  static long[] spread(Spec in, int... axes) {
    long[] shape = new long[in.rank()];
    Arrays.fill(shape, 1);
    for (int axis : axes) {
      shape[axis] = in.size(axis);
    }
    return shape;
  }
}
