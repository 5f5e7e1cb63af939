package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Softmax layer over one or several axes. Where the mask (the input's own, or a second
 * input of its shape) is false the output is 0.
 */
public record Softmax(List<Integer> axes) implements Layer {
  private static final double HIDDEN = -1e9;

  static Softmax read(Config c) {
    return new Softmax(c.has("axis") ? Numbers.list(c, "axis") : List.of(-1));
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    if (inputs.isEmpty() || inputs.size() > 2) {
      throw new ShapeException("Softmax: expected one input and at most a mask, came " + inputs);
    }
    return List.of(inputs.get(0).as(DType.FLOAT32));
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Operand<TBool> kept = call.inputs().get(0).mask();
    Operand<TBool> mask = call.inputs().size() > 1 ? Masks.of(call, 1) : kept;
    Operand<TFloat32> x = call.x();
    if (mask == null) {
      return List.of(new Value(over(f, x, call.specs().get(0).rank()), kept));
    }
    Operand<TFloat32> low = f.add(f.tf().zerosLike(x), HIDDEN);
    Operand<TFloat32> y = over(f, f.where(mask, x, low), call.specs().get(0).rank());
    return List.of(new Value(f.where(mask, y, f.tf().zerosLike(y)), mask));
  }

  private Operand<TFloat32> over(Floats f, Operand<TFloat32> x, int rank) {
    int[] all = axes.stream().mapToInt(axis -> Math.floorMod(axis, rank)).toArray();
    if (all.length == 1) {
      return last(f.tf(), x, all[0], rank);
    }
    Operand<TFloat32> top = f.tf().stopGradient(f.max(x, true, all));
    Operand<TFloat32> e = f.tf().math.exp(f.sub(x, top));
    return f.div(e, f.sum(e, true, all));
  }

  private static Operand<TFloat32> last(Ops tf, Operand<TFloat32> x, int axis, int rank) {
    if (axis == rank - 1) {
      return tf.nn.softmax(x);
    }
    int[] swap =
        IntStream.range(0, rank)
            .map(i -> i == axis ? rank - 1 : i == rank - 1 ? axis : i)
            .toArray();
    Operand<TFloat32> y = tf.nn.softmax(tf.linalg.transpose(x, tf.constant(swap)));
    return tf.linalg.transpose(y, tf.constant(swap));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("axis", Numbers.single(axes));
    return config;
  }
}
