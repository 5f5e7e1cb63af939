package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceAll;
import org.tensorflow.op.core.ReduceAny;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Concatenate: inputs of equal shape but for {@code axis}, one after the other. The mask
 * counts where any concatenated element counts. Source: keras/src/layers/merging/concatenate.py,
 * Keras 3.15.
 *
 * @param everyMask as in {@link Merge}: the output counts where all concatenated elements count
 */
public record Concatenate(int axis, boolean everyMask) implements Layer {
  static Concatenate read(Config c) {
    return new Concatenate(c.integer("axis", -1), c.flag(Merge.EVERY_MASK, false));
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    if (inputs.isEmpty()) {
      throw new ShapeException("Concatenate: expected at least one input, came none.");
    }
    Spec first = inputs.get(0);
    int at = Math.floorMod(axis, first.rank());
    long[] sizes = first.shape().asArray();
    for (Spec input : inputs.subList(1, inputs.size())) {
      if (input.rank() != first.rank()) {
        throw new ShapeException("Concatenate: the inputs have different ranks: " + inputs + ".");
      }
      for (int i = 0; i < sizes.length; i++) {
        long size = input.size(i);
        if (i == at) {
          sizes[i] = sizes[i] < 0 || size < 0 ? -1 : sizes[i] + size;
        } else if (sizes[i] >= 0 && size >= 0 && sizes[i] != size) {
          throw new ShapeException(
              "Concatenate over axis " + axis + ": the inputs differ elsewhere: " + inputs + ".");
        } else {
          sizes[i] = Math.max(sizes[i], size);
        }
      }
    }
    return List.of(first.with(sizes).as(DType.FLOAT32));
  }

  @Override
  public List<Value> call(Call call) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    boolean masked = false;
    for (int i = 0; i < call.inputs().size(); i++) {
      parts.add(call.x(i));
      masked |= call.inputs().get(i).mask() != null;
    }
    int at = Math.floorMod(axis, call.specs().get(0).rank());
    return List.of(
        new Value(Floats.of(call).concat(parts, at), masked ? mask(call, parts, at) : null));
  }

  private Operand<TBool> mask(Call call, List<Operand<TFloat32>> parts, int axis) {
    Ops tf = call.tf();
    List<Operand<TBool>> masks = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Operand<TBool> mask = call.inputs().get(i).mask();
      Operand<TBool> none = tf.dtypes.cast(tf.zerosLike(parts.get(i)), TBool.class);
      masks.add(
          mask == null
              ? tf.math.logicalNot(none)
              : tf.math.logicalOr(tf.expandDims(mask, tf.constant(-1)), none));
    }
    Operand<TBool> all = masks.size() == 1 ? masks.get(0) : tf.concat(masks, tf.constant(axis));
    return everyMask
        ? tf.reduceAll(all, tf.constant(-1), new ReduceAll.Options[0])
        : tf.reduceAny(all, tf.constant(-1), new ReduceAny.Options[0]);
  }

  @Override
  public Map<String, Object> config() {
    return everyMask ? Map.of("axis", axis, Merge.EVERY_MASK, true) : Map.of("axis", axis);
  }
}
