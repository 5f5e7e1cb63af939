package dev.graft.layers;

import java.util.List;
import java.util.Map;

/**
 * The settings of one Keras layer, and all Graft knows about it.
 *
 * <p>A layer is plain data: name and trainable flag belong to its {@link Model.Entry}. Users
 * implement this (or {@link Unary}) for layers of their own and register them with {@link
 * Layers#with}.
 */
public interface Layer {
  /** Keras's class name. */
  default String className() {
    return getClass().getSimpleName();
  }

  /** The Python module of the class, which Keras 3 writes beside its name. */
  default String module() {
    return "keras.layers";
  }

  /**
   * The weights in the order of Keras's {@code layer.weights}.
   *
   * @param inputs shapes and types of the inputs of the first use
   */
  default List<Slot> slots(List<Spec> inputs) {
    return List.of();
  }

  /** Shapes and types of the outputs; a {@link dev.graft.error.ShapeException} if inputs misfit. */
  List<Spec> outputs(List<Spec> inputs);

  /** Writes this layer's ops for one use. */
  List<Value> call(Call call);

  /** Keras's {@code get_config()} in Keras 3's words, without name, trainable and dtype. */
  Map<String, Object> config();

  /** True when the training path draws random numbers, so that its outputs cannot be kept. */
  default boolean random() {
    return false;
  }

  /**
   * True when parts of its ops are better run side by side (the two ways of Bidirectional), or when
   * TensorFlow decides as it runs which of them to run (Switch, Merge, loops).
   */
  default boolean branches() {
    return false;
  }
}
