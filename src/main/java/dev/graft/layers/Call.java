package dev.graft.layers;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * One use of a layer while its ops are written into a graph: what it is given and whom it tells.
 *
 * <p>The same layer is called once for the inference path and once for the training path, over the
 * same variables.
 */
public interface Call {
  /** Writes ops into the graph, under a scope named after the layer. */
  Ops tf();

  /** The inputs of this use, in Keras's flattened order. */
  List<Value> inputs();

  /** Static shapes and types of {@link #inputs}. */
  List<Spec> specs();

  /** Keyword arguments of this use as the file gives them; tensors stand as {@link Use.Input}. */
  Map<String, Object> arguments();

  /** The value of a weight slot of this layer. */
  Operand<TFloat32> weight(String slot);

  /**
   * True on the training path, unless the use says otherwise ({@link #training(boolean, Map)}). For
   * a frozen layer this is still true (a frozen Dropout drops, as in Keras); see {@link
   * #trainable}.
   */
  boolean training();

  /** False when the layer is frozen: BatchNormalization then runs on its moving statistics. */
  boolean trainable();

  /**
   * A seed for a stateless random op: shape (2), a function of the run's seed, the layer, {@code
   * index} (which random op of the layer) and the training step, so that a resumed run draws what
   * the unbroken run would have drawn.
   *
   * @param seed the layer's own {@code seed} setting, or null
   */
  Operand<TInt64> seed(Integer seed, int index);

  /** After the training step, sets a non-trainable slot to {@code value}. */
  void update(String slot, Operand<TFloat32> value);

  /** Adds a scalar to the training loss, such as an activity regularizer's. */
  void addLoss(Operand<TFloat32> loss);

  /** Calls a layer inside this one, such as the one a wrapper wraps, and gives its outputs. */
  List<Value> inner(Inner inner);

  /**
   * A use of a layer inside another.
   *
   * @param prefix its slots are the outer layer's under {@code prefix/}
   * @param trainable false when this inner layer is frozen, whatever the outer one is
   * @param specs static shapes and types of {@code inputs}
   * @param arguments keyword arguments; {@code training} overrides the outer layer's
   */
  record Inner(
      String prefix,
      Layer layer,
      boolean trainable,
      List<Value> inputs,
      List<Spec> specs,
      Map<String, Object> arguments) {
    /** Without keyword arguments, as trainable as the outer layer. */
    public static Inner of(String prefix, Layer layer, List<Value> inputs, List<Spec> specs) {
      return new Inner(prefix, layer, true, inputs, specs, Map.of());
    }
  }

  /**
   * Whether a use behaves as in training: as its path does, unless its keyword argument {@code
   * training} says otherwise, as in Keras's {@code layer(x, training=False)}.
   */
  static boolean training(boolean path, Map<String, Object> arguments) {
    return arguments.get("training") instanceof Boolean said ? said : path;
  }

  /** The first input as float32. */
  default Operand<TFloat32> x() {
    return x(0);
  }

  /** Input {@code index} as float32; other types are converted. */
  default Operand<TFloat32> x(int index) {
    return Numbers.floats(tf(), inputs().get(index).tensor());
  }
}
