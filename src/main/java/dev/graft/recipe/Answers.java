package dev.graft.recipe;

import dev.graft.data.Examples;
import dev.graft.data.Labels;
import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.report.Predictions;
import dev.graft.runtime.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Tensor;

/** What one output of a model says of examples, beside their true answers. */
final class Answers {
  /** More values than this are not kept: masks and sequences of thousands of examples. */
  private static final long MOST_VALUES = 50_000_000;

  private final Model model;
  private final int rows;
  private final int width;
  private final int each;
  private final float[] values;
  private final float[] targets;

  private Answers(Model model, int rows, int width, int each) {
    this.model = model;
    this.rows = rows;
    this.width = width;
    this.each = each;
    this.values = new float[rows * width];
    this.targets = new float[rows * each];
  }

  /** Answers of output {@code index}; of none when they are no row of numbers an example. */
  static Answers of(Model model, int index, Examples examples) {
    Spec output = model.specs().get(model.outputs().get(index));
    long width = output.rank() > 2 ? -1 : output.perExample();
    long each = examples.targets().get(index).spec().perExample();
    long all = examples.size() * Math.max(width, each);
    boolean kept = width > 0 && each > 0 && all <= MOST_VALUES;
    return new Answers(
        model, examples.size(), kept ? (int) width : 0, kept ? (int) Math.max(1, each) : 0);
  }

  /** Adds a batch whose first example is {@code row}. */
  void add(int row, float[] output, Tensor target) {
    if (width > 0) {
      System.arraycopy(output, 0, values, row * width, output.length);
      float[] answers = Tensors.read(target);
      System.arraycopy(answers, 0, targets, row * each, answers.length);
    }
  }

  /** All of it; null when nothing was kept. */
  Predictions predictions(Examples examples, Labels labels) {
    if (width == 0) {
      return null;
    }
    List<String> classes = examples.classes();
    boolean single = model.outputs().size() == 1;
    boolean numbers = labels == Labels.REGRESSION || (single && classes.isEmpty());
    if (numbers && each == width) {
      String name = width == 1 && single ? "output" : "output ";
      return new Predictions(Predictions.Kind.NUMBERS, names(name, width), targets, values);
    }
    if (labels == Labels.MULTI_LABEL || (labels == Labels.BINARY && width > 1)) {
      List<String> names = classes.size() == width ? classes : names("label ", width);
      return each == width
          ? new Predictions(Predictions.Kind.LABELS, names, targets, sigmoid())
          : null;
    }
    int count = width == 1 ? 2 : width;
    if (!classes.isEmpty() && classes.size() != count) {
      throw new SettingException(
          "model '"
              + model.name()
              + "' has "
              + width
              + " outputs, the data has "
              + classes.size()
              + " classes: "
              + String.join(", ", classes)
              + ". Use the data's own model.");
    }
    List<String> names = classes.isEmpty() ? names("class ", count) : classes;
    int[] truth = IntStream.range(0, rows).map(row -> truth(row, examples)).toArray();
    if (numbers || Arrays.stream(truth).anyMatch(label -> label < 0 || label >= count)) {
      return null;
    }
    return width == 1
        ? Predictions.binary(names, truth, sigmoid())
        : Predictions.classes(names, truth, softmax());
  }

  /** True when every value may be a probability; what is no number is left as it is. */
  private boolean shares() {
    for (float value : values) {
      if (value < 0 || value > 1) {
        return false;
      }
    }
    return true;
  }

  /** Logits become probabilities, which can be read and change no decision. */
  private float[] sigmoid() {
    if (shares()) {
      return values;
    }
    float[] all = new float[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) (1 / (1 + Math.exp(-values[i])));
    }
    return all;
  }

  private float[] softmax() {
    if (shares() && IntStream.range(0, rows).noneMatch(row -> Math.abs(sum(row) - 1) > 0.01)) {
      return values;
    }
    float[] all = new float[values.length];
    for (int row = 0; row < rows; row++) {
      double most = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < width; c++) {
        most = Math.max(most, values[row * width + c]);
      }
      double sum = 0;
      for (int c = 0; c < width; c++) {
        sum += Math.exp(values[row * width + c] - most);
      }
      for (int c = 0; c < width; c++) {
        all[row * width + c] = (float) (Math.exp(values[row * width + c] - most) / sum);
      }
    }
    return all;
  }

  private double sum(int row) {
    double sum = 0;
    for (int c = 0; c < width; c++) {
      sum += values[row * width + c];
    }
    return sum;
  }

  private int truth(int row, Examples examples) {
    if (examples.label(row) >= 0) {
      return examples.label(row);
    }
    if (each == 1) {
      return Math.round(targets[row]);
    }
    int best = 0;
    for (int c = 1; c < each; c++) {
      best = targets[row * each + c] > targets[row * each + best] ? c : best;
    }
    return best;
  }

  private static List<String> names(String start, int count) {
    return start.endsWith(" ")
        ? IntStream.range(0, count).mapToObj(i -> start + i).toList()
        : List.of(start);
  }
}
