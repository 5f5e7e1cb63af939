package dev.graft.layers;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Products for several gates side by side. With one dropout mask for all gates, or none, that is
 * one product; with a mask for each gate, as Keras has them once states are dropped, one each.
 */
final class Gates {
  private final Cell.Scope scope;
  private final RecurrentSettings settings;
  private final int count;
  private List<Operand<TFloat32>> stateMasks;

  /** Of one use of a cell. */
  Gates(Cell.Scope scope, RecurrentSettings settings, int count) {
    this.scope = scope;
    this.settings = settings;
    this.count = count;
  }

  Cell.Scope scope() {
    return scope;
  }

  /** Masks for the inputs of one step like {@code x}: none, one, or one a gate. */
  List<Operand<TFloat32>> inputMasks(Operand<TFloat32> x) {
    boolean each = settings.recurrentDropout() > 0;
    return masks(x, settings.dropout(), each ? count : 1, 0);
  }

  /** Masks for a state like {@code h}: none, or one a gate; for all steps the same. */
  List<Operand<TFloat32>> stateMasks(Operand<TFloat32> h) {
    if (stateMasks == null) {
      stateMasks = masks(h, settings.recurrentDropout(), count, count);
    }
    return stateMasks;
  }

  private List<Operand<TFloat32>> masks(Operand<TFloat32> like, double rate, int number, int from) {
    List<Operand<TFloat32>> masks = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      Operand<TFloat32> mask = scope.mask(like, rate, settings.seed(), from + i);
      if (mask != null) {
        masks.add(mask);
      }
    }
    return masks;
  }

  /** Gate number {@code i}'s part of the last dimension of {@code kernel}. */
  Operand<TFloat32> part(Operand<TFloat32> kernel, int i) {
    Floats f = scope.floats();
    int rank = kernel.shape().numDimensions();
    int width = (int) (kernel.shape().get(rank - 1) / count);
    return f.slice(kernel, rank - 1, i * width, Extent.of(f.tf(), (i + 1L) * width), 1);
  }

  /** A product with a kernel. */
  interface Product {
    Operand<TFloat32> of(Operand<TFloat32> x, Operand<TFloat32> kernel);
  }

  /**
   * The product of {@code x} with all gates' kernels, side by side along the last dimension; {@code
   * masked} applies a mask to {@code x}.
   */
  Operand<TFloat32> product(
      Operand<TFloat32> x,
      Operand<TFloat32> kernel,
      List<Operand<TFloat32>> masks,
      Product product) {
    Floats f = scope.floats();
    if (masks.isEmpty()) {
      return product.of(x, kernel);
    }
    if (masks.size() == 1) {
      return product.of(f.mul(x, masks.get(0)), kernel);
    }
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(product.of(f.mul(x, masks.get(i)), part(kernel, i)));
    }
    return f.concat(
        parts, kernel.shape().numDimensions() == 2 ? x.shape().numDimensions() - 1 : -1);
  }

  /** The product of the inputs of all steps, {@code x}, with all gates' kernels. */
  Operand<TFloat32> project(Operand<TFloat32> x, Spec steps) {
    Floats f = scope.floats();
    return product(
        x,
        scope.weight("kernel"),
        overSteps(inputMasks(f.at(x, 1, 0))),
        (in, kernel) -> RecurrentSettings.times(f, in, steps, kernel));
  }

  /** The masks ready for data with a dimension of steps after the batch. */
  List<Operand<TFloat32>> overSteps(List<Operand<TFloat32>> masks) {
    return masks.stream().map(mask -> scope.floats().expand(mask, 1)).toList();
  }
}
