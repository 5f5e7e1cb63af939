package dev.graft.layers;

import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Add, Subtract, Multiply, Average, Maximum and Minimum: element by element, with
 * broadcasting; inputs of fewer dimensions get dimensions of 1 after the batch.
 *
 * <p>Multiply, Maximum and Minimum leave out what is masked where another input is not. The output
 * counts where any input counts, if all inputs have masks. Source:
 * keras/src/layers/merging/base_merge.py, Keras 3.15.
 *
 * @param everyMask masks as Keras 2 takes them: none is looked at, and the output counts where all
 *     inputs that have masks count; the setting {@code every_mask}, which Keras has not
 */
public record Merge(Kind kind, boolean everyMask) implements Layer {
  /** A setting of Graft's own, see {@code everyMask}. */
  static final String EVERY_MASK = "every_mask";

  /** Which operation. */
  public enum Kind {
    ADD,
    SUBTRACT,
    MULTIPLY,
    AVERAGE,
    MAXIMUM,
    MINIMUM
  }

  @Override
  public String className() {
    String name = kind.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    if (inputs.isEmpty() || (kind == Kind.SUBTRACT && inputs.size() != 2)) {
      throw new ShapeException(
          className()
              + ": expected "
              + (kind == Kind.SUBTRACT ? "two inputs" : "at least one input")
              + ", came "
              + inputs.size()
              + ".");
    }
    int rank = inputs.stream().mapToInt(Spec::rank).max().orElseThrow();
    Spec sum = widen(inputs.get(0), rank);
    for (Spec input : inputs.subList(1, inputs.size())) {
      sum = Broadcast.of(sum, widen(input, rank));
    }
    return List.of(sum.as(DType.FLOAT32));
  }

  /** Dimensions of 1 after the batch, up to {@code rank}. */
  private static Spec widen(Spec spec, int rank) {
    long[] sizes = new long[rank];
    java.util.Arrays.fill(sizes, 1);
    long[] own = spec.shape().asArray();
    sizes[0] = own[0];
    System.arraycopy(own, 1, sizes, rank - own.length + 1, own.length - 1);
    return spec.with(sizes);
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    int rank = call.specs().stream().mapToInt(Spec::rank).max().orElseThrow();
    List<Operand<TFloat32>> inputs = new ArrayList<>();
    List<Operand<TBool>> masks = new ArrayList<>();
    for (int i = 0; i < call.inputs().size(); i++) {
      Operand<TFloat32> x = call.x(i);
      Operand<TBool> mask = call.inputs().get(i).mask();
      for (int r = call.specs().get(i).rank(); r < rank; r++) {
        x = f.expand(x, 1);
      }
      inputs.add(x);
      // A mask covers the leading dimensions; an input that was widened has lost them.
      boolean kept = mask != null && call.specs().get(i).rank() == rank;
      masks.add(kept ? f.tf().expandDims(mask, f.tf().constant(-1)) : null);
    }
    if (everyMask) {
      Operand<TBool> every = every(f, masks);
      List<Operand<TBool>> none = Collections.nCopies(inputs.size(), null);
      return List.of(new Value(merged(f, inputs, none).tensor(), every));
    }
    return List.of(merged(f, inputs, masks));
  }

  private Value merged(Floats f, List<Operand<TFloat32>> inputs, List<Operand<TBool>> masks) {
    return switch (kind) {
      case ADD -> new Value(sum(f, inputs), any(f, masks));
      case AVERAGE -> new Value(f.div(sum(f, inputs), f.constant(inputs.size())), any(f, masks));
      case SUBTRACT -> new Value(f.sub(inputs.get(0), inputs.get(1)), any(f, masks));
      case MULTIPLY -> product(f, inputs, masks);
      case MAXIMUM -> extreme(f, inputs, masks, f.tf().math::maximum);
      case MINIMUM -> extreme(f, inputs, masks, f.tf().math::minimum);
    };
  }

  /** Where all masks that are there count; null when none is there. */
  private static Operand<TBool> every(Floats f, List<Operand<TBool>> masks) {
    Operand<TBool> all = null;
    for (Operand<TBool> mask : masks) {
      all = Masks.and(f.tf(), all, mask);
    }
    return all == null
        ? null
        : f.tf().squeeze(all, org.tensorflow.op.core.Squeeze.axis(List.of(-1L)));
  }

  private static Operand<TFloat32> sum(Floats f, List<Operand<TFloat32>> inputs) {
    Operand<TFloat32> sum = inputs.get(0);
    for (Operand<TFloat32> x : inputs.subList(1, inputs.size())) {
      sum = f.add(sum, x);
    }
    return sum;
  }

  /** The combined mask without its last dimension of 1; null unless all inputs have one. */
  private static Operand<TBool> any(Floats f, List<Operand<TBool>> masks) {
    if (masks.contains(null)) {
      return null;
    }
    Operand<TBool> all = masks.get(0);
    for (Operand<TBool> mask : masks.subList(1, masks.size())) {
      all = f.tf().math.logicalOr(all, mask);
    }
    return f.tf().squeeze(all, org.tensorflow.op.core.Squeeze.axis(List.of(-1L)));
  }

  private static Value extreme(
      Floats f,
      List<Operand<TFloat32>> inputs,
      List<Operand<TBool>> masks,
      BinaryOperator<Operand<TFloat32>> op) {
    Operand<TFloat32> best = inputs.get(0);
    Operand<TBool> seen = masks.get(0);
    for (int i = 1; i < inputs.size(); i++) {
      Operand<TFloat32> x = inputs.get(i);
      Operand<TBool> mask = masks.get(i);
      if (mask != null) {
        x = f.where(mask, x, best);
      }
      if (seen != null) {
        best = f.where(seen, best, x);
      }
      seen = seen != null && mask != null ? f.tf().math.logicalOr(seen, mask) : null;
      best = op.apply(best, x);
    }
    return new Value(best, any(f, masks));
  }

  private static Value product(
      Floats f, List<Operand<TFloat32>> inputs, List<Operand<TBool>> masks) {
    Operand<TFloat32> product = null;
    for (int i = 0; i < inputs.size(); i++) {
      Operand<TFloat32> x = inputs.get(i);
      if (masks.get(i) != null) {
        x = f.where(masks.get(i), x, f.constant(1));
      }
      product = product == null ? x : f.mul(product, x);
    }
    Operand<TBool> any = any(f, masks);
    if (any != null) {
      Operand<TBool> wide = f.tf().expandDims(any, f.tf().constant(-1));
      product = f.where(wide, product, f.constant(0));
    }
    return new Value(product, any);
  }

  @Override
  public Map<String, Object> config() {
    return everyMask ? Map.of(EVERY_MASK, true) : Map.of();
  }
}
