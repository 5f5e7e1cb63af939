package dev.graft.model;

import dev.graft.layers.Ref;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A tensor of a {@link Drawing}, and the words in which networks go on from it. */
record Flow(Drawing drawing, Ref ref) {
  /** A layer of Keras; settings are keys and values in turn, the name null for Keras's own. */
  Flow layer(String className, String name, Object... settings) {
    return drawing.add(className, name, Drawing.settings(settings), List.of(this));
  }

  /** A Conv2D; {@code kernel} is a number or {@code int[]}. */
  Flow conv(String name, long filters, Object kernel, Object... more) {
    return layer("Conv2D", name, and(more, "filters", filters, "kernel_size", kernel));
  }

  /** A BatchNormalization. */
  Flow norm(String name, Object... more) {
    return layer("BatchNormalization", name, more);
  }

  /** A BatchNormalization whose axis Keras writes down as 3 rather than as the last. */
  Flow normThird(String name, Object... more) {
    return norm(name, and(more, "axis", 3));
  }

  /** An Activation. */
  Flow activation(String name, String function) {
    return layer("Activation", name, "activation", function);
  }

  /** A ReLU that is cut off at 6. */
  Flow relu6(String name) {
    return layer("ReLU", name, "max_value", 6.0);
  }

  /** A ZeroPadding2D by the same on all sides. */
  Flow pad(String name, int by) {
    return pad(name, new int[] {by, by}, new int[] {by, by});
  }

  /** A ZeroPadding2D: before and after the rows, before and after the columns. */
  Flow pad(String name, int[] rows, int[] columns) {
    return layer(
        "ZeroPadding2D",
        name,
        "padding",
        List.of(List.of(rows[0], rows[1]), List.of(columns[0], columns[1])));
  }

  /**
   * A ZeroPadding2D before a valid convolution of stride 2, so that it meets the pixels a same
   * convolution would. Source: {@code correct_pad}, keras/src/applications/imagenet_utils.py.
   */
  Flow padForStride(String name, int kernel) {
    int half = kernel / 2;
    int rows = (int) (half - 1 + height() % 2);
    int columns = (int) (half - 1 + width() % 2);
    return pad(name, new int[] {rows, half}, new int[] {columns, half});
  }

  /** A MaxPooling2D. */
  Flow maxPool(String name, int size, int strides, String padding) {
    return layer("MaxPooling2D", name, "pool_size", size, "strides", strides, "padding", padding);
  }

  /** An AveragePooling2D. */
  Flow averagePool(String name, int size, int strides, String padding) {
    return layer(
        "AveragePooling2D", name, "pool_size", size, "strides", strides, "padding", padding);
  }

  /** An Add of this and another. */
  Flow plus(String name, Flow other) {
    return drawing.add("Add", name, Map.of(), List.of(this, other));
  }

  /** A Multiply of this and another. */
  Flow times(String name, Flow other) {
    return drawing.add("Multiply", name, Map.of(), List.of(this, other));
  }

  /** A Concatenate along the channels. */
  static Flow concatenate(String name, int axis, Flow... parts) {
    return parts[0].drawing.add("Concatenate", name, Map.of("axis", axis), Arrays.asList(parts));
  }

  /** Keras 3's operation node for {@code this (operator) number}. */
  Flow operation(String operator, double number) {
    Map<String, Object> arguments = Map.of("args", List.of(new Use.Input(0), number));
    return drawing.call("ops." + operator, null, Map.of(), List.of(this), arguments);
  }

  /** Keras 3's operation node for {@code this (operator) other}. */
  Flow operation(String operator, Flow other) {
    return drawing.call("ops." + operator, null, Map.of(), List.of(this, other), Map.of());
  }

  /** What most networks end in: pooling and a softmax, or pooling alone, or nothing. */
  Flow classifier(Variant variant) {
    return variant.top()
        ? layer("GlobalAveragePooling2D", "avg_pool").predictions(variant)
        : pooled(variant, "avg_pool", "max_pool");
  }

  /** The softmax over the classes. */
  Flow predictions(Variant variant, Object... more) {
    return layer(
        "Dense", "predictions", and(more, "units", variant.classes(), "activation", "softmax"));
  }

  /** Without a classifier: the pooling that is asked for, under these names. */
  Flow pooled(Variant variant, String average, String most) {
    if (variant.pooling() == null) {
      return this;
    }
    return variant.pooling().equals("avg")
        ? layer("GlobalAveragePooling2D", average)
        : layer("GlobalMaxPooling2D", most);
  }

  long channels() {
    return drawing.spec(this).size(-1);
  }

  long height() {
    return drawing.spec(this).size(1);
  }

  long width() {
    return drawing.spec(this).size(2);
  }

  private static Object[] and(Object[] more, Object... first) {
    List<Object> all = new ArrayList<>(Arrays.asList(first));
    all.addAll(Arrays.asList(more));
    return all.toArray();
  }
}
