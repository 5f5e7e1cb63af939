package dev.graft.layers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The functions an {@link Operation} can be, under the names of Keras 3's operation classes and of
 * TensorFlow's functions as tf_keras writes them.
 */
final class Operations {
  /** One function. */
  interface Op {
    /** Shapes and types of what comes out. */
    List<Spec> outputs(OpArguments arguments);

    /** Writes the ops. */
    List<Value> emit(Call call, OpArguments arguments);
  }

  /**
   * A function under one of its names.
   *
   * @param module Keras 3's module of the operation's class
   * @param names its parameters in order; the first may end in {@code *}: a list of tensors
   */
  record Entry(String module, List<String> names, Op op) {}

  static final Map<String, Entry> STANDARD = standard();

  private final Map<String, Entry> table = new LinkedHashMap<>();

  private Operations() {}

  private static Map<String, Entry> standard() {
    Operations operations = new Operations();
    ElementOps.register(operations);
    PairOps.register(operations);
    ReduceOps.register(operations);
    ShapeOps.register(operations);
    ListOps.register(operations);
    MatrixOps.register(operations);
    PictureOps.register(operations);
    return java.util.Collections.unmodifiableMap(operations.table);
  }

  /** A Keras 3 operation: {@code "numpy.Add x1 x2"} is class Add of module keras.src.ops.numpy. */
  Operations keras(String line, Op op) {
    String[] words = line.split(" ", -1);
    int dot = words[0].indexOf('.');
    String place = words[0].substring(0, dot);
    String module =
        place.equals("activations")
            ? "keras.src.activations.activations"
            : "keras.src.ops." + place;
    String name = words[0].substring(dot + 1);
    // Mean has a class of Keras's own; so has Softmax: names are unique over the modules.
    table.put(name, new Entry(module, List.of(words).subList(1, words.length), op));
    return this;
  }

  /** A TensorFlow function: {@code "math.add x y"}; several names, with commas, share the rest. */
  Operations tensorflow(String line, Op op) {
    String[] words = line.split(" ", -1);
    for (String name : words[0].split(",", -1)) {
      table.put(name, new Entry("keras.layers", List.of(words).subList(1, words.length), op));
    }
    return this;
  }
}
