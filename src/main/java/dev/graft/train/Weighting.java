package dev.graft.train;

import dev.graft.data.Examples;
import dev.graft.error.SettingException;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;

/**
 * How much each example counts in the loss. Both kinds multiply.
 *
 * @param classes weight of the examples of a class; a class not named has 1, as in Keras
 * @param samples weights example by example: empty, or one entry for each output
 * @param validation the same for the validation examples, which Keras weighs where they were split
 *     off together with their weights; class weights never count there
 */
public record Weighting(
    Map<Integer, Double> classes, List<Samples> samples, List<Samples> validation) {
  /** Every example counts the same. */
  public static final Weighting NONE = new Weighting(Map.of(), List.of());

  /**
   * Weights of examples for one output.
   *
   * @param values {@code width} values an example; not copied
   * @param width 1, or the number of time steps when each step has its own weight
   */
  public record Samples(float[] values, int width) {
    /** One weight an example. */
    public static Samples of(float... values) {
      return new Samples(values, 1);
    }
  }

  /** Copies its lists. */
  public Weighting {
    classes = Map.copyOf(classes);
    samples = List.copyOf(samples);
    validation = List.copyOf(validation);
  }

  /** Weights of the training examples alone. */
  public Weighting(Map<Integer, Double> classes, List<Samples> samples) {
    this(classes, samples, List.of());
  }

  /** What the validation examples count. */
  Weighting ofValidation() {
    return new Weighting(Map.of(), validation);
  }

  /**
   * Classes weighted so that all together count the same: {@code examples / (classes · examples of
   * the class)}, scikit-learn's "balanced".
   *
   * @param label the class of an example, 0 to {@code size} − 1
   */
  public static Weighting balanced(int size, IntUnaryOperator label) {
    Map<Integer, Integer> counts = new TreeMap<>();
    for (int row = 0; row < size; row++) {
      counts.merge(label.applyAsInt(row), 1, Integer::sum);
    }
    Map<Integer, Double> weights = new LinkedHashMap<>();
    counts.forEach((index, count) -> weights.put(index, size / ((double) counts.size() * count)));
    return new Weighting(weights, List.of());
  }

  /** True when examples carry weights. */
  boolean any() {
    return !classes.isEmpty() || !samples.isEmpty();
  }

  /** The shape of a batch of weights for output {@code output}: (batch) or (batch, steps). */
  Shape shape(int output) {
    return width(output) == 1 ? Shape.of(-1) : Shape.of(-1, width(output));
  }

  private int width(int output) {
    return samples.isEmpty() ? 1 : samples.get(output).width();
  }

  /** Refuses weights that do not fit {@code examples} and a network with {@code outputs}. */
  void check(String where, Examples examples, int outputs) {
    if (!classes.isEmpty() && outputs != 1) {
      throw new SettingException(
          where
              + ": class_weight works for a network with one output, this one has "
              + outputs
              + ". Give sample_weight instead.");
    }
    if (!classes.isEmpty() && examples.size() > 0 && examples.label(0) < 0) {
      throw new SettingException(
          where
              + ": class_weight needs examples of one class each, these have none. Give"
              + " sample_weight instead.");
    }
    if (!samples.isEmpty() && samples.size() != outputs) {
      throw new SettingException(
          where
              + ": sample_weight: expected one for each of the "
              + outputs
              + " outputs, came "
              + samples.size()
              + ".");
    }
    for (Samples each : samples) {
      if (each.values().length != examples.size() * each.width()) {
        throw new SettingException(
            where
                + ": sample_weight: expected a weight for each of the "
                + examples.size()
                + " examples, came "
                + each.values().length / each.width()
                + ".");
      }
    }
  }

  /** The weights of the examples {@code rows} for every output; the caller closes them. */
  List<Tensor> tensors(Examples examples, int[] rows, int outputs) {
    List<Tensor> tensors = new ArrayList<>();
    for (int output = 0; any() && output < outputs; output++) {
      int width = width(output);
      float[] values = new float[rows.length * width];
      for (int i = 0; i < rows.length; i++) {
        float ofClass =
            classes.isEmpty() ? 1 : classes.getOrDefault(examples.label(rows[i]), 1.0).floatValue();
        for (int k = 0; k < width; k++) {
          values[i * width + k] =
              samples.isEmpty()
                  ? ofClass
                  : ofClass * samples.get(output).values()[rows[i] * width + k];
        }
      }
      tensors.add(
          width == 1
              ? Tensors.floats(values, rows.length)
              : Tensors.floats(values, rows.length, width));
    }
    return tensors;
  }
}
