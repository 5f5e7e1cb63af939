package dev.graft.export;

import dev.graft.data.Preprocessing;
import dev.graft.error.SettingException;
import dev.graft.error.ShapeException;
import dev.graft.layers.DType;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.network.FrozenLayer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * A model that tells what is on a picture.
 *
 * @param image how the picture becomes the model's input
 * @param classes their names, in the order of the model's output
 * @param scores how the output becomes probabilities
 */
public record Classifier(Preprocessing image, List<String> classes, Scores scores) {
  /** Copies the names and checks that there are some, each once. */
  public Classifier {
    classes = List.copyOf(classes);
    if (classes.isEmpty() || classes.stream().distinct().count() != classes.size()) {
      throw new SettingException(
          "class names: expected at least one and each only once, came " + classes + ".");
    }
  }

  /** True when {@code model} takes pictures and gives one row of numbers for each. */
  static boolean shaped(Model model) {
    Map<Ref, Spec> specs = model.specs();
    return model.inputs().size() == 1
        && model.outputs().size() == 1
        && (specs.get(model.inputs().get(0)).rank() == 4 || decodes(model))
        && specs.get(model.outputs().get(0)).rank() == 2;
  }

  /** True when {@code model} takes the contents of image files. */
  static boolean decodes(Model model) {
    Spec input = model.specs().get(model.inputs().get(0));
    return input.rank() == 1
        && input.dtype() == DType.STRING
        && model.layers().stream().anyMatch(entry -> entry.layer() instanceof FrozenLayer);
  }

  /** The same, with the size and channels of the input of {@code model}, which it must fit. */
  Classifier fitted(Model model) {
    Map<Ref, Spec> specs = model.specs();
    if (!shaped(model)) {
      throw new ShapeException(
          "model '"
              + model.name()
              + "': a classifier of pictures takes (batch, height, width, channels) and gives"
              + " (batch, classes), this takes "
              + model.inputs().stream().map(specs::get).toList()
              + " and gives "
              + model.outputs().stream().map(specs::get).toList()
              + ". Export it without class names.");
    }
    Spec in = specs.get(model.inputs().get(0));
    checkClasses(model, specs.get(model.outputs().get(0)).size(1));
    return new Classifier(decodes(model) ? Preprocessing.bytes() : fit(model, in), classes, scores);
  }

  private void checkClasses(Model model, long units) {
    boolean pair = units == 1 && classes.size() == 2;
    if (units != classes.size() && !pair) {
      throw new SettingException(
          "model '"
              + model.name()
              + "' has "
              + units
              + " outputs, came "
              + classes.size()
              + " class names. Give one name an output (two for a single one).");
    }
  }

  private Preprocessing fit(Model model, Spec in) {
    int[] own = image.size();
    int height = in.size(1) < 0 && own != null ? own[0] : (int) in.size(1);
    int width = in.size(2) < 0 && own != null ? own[1] : (int) in.size(2);
    int[] size = height < 0 || width < 0 ? null : new int[] {height, width};
    Preprocessing.Color color = color(model, in);
    if ((own != null && !Arrays.equals(own, size)) || color != image.color()) {
      throw new ShapeException(
          "model '"
              + model.name()
              + "' takes "
              + in
              + ", pictures are prepared as "
              + Arrays.toString(own)
              + " "
              + image.color()
              + ". Prepare them as the model takes them.");
    }
    return size == null ? image : image.sized(height, width, color);
  }

  private static Preprocessing.Color color(Model model, Spec in) {
    for (Preprocessing.Color color : Preprocessing.Color.values()) {
      if (color.channels() == in.size(3)) {
        return color;
      }
    }
    throw new ShapeException(
        "model '"
            + model.name()
            + "' takes "
            + in
            + ", which is no picture: the last dimension counts 1, 3 or 4 channels.");
  }

  /** One probability a class: float32 (batch, classes). */
  Operand<TFloat32> probabilities(Ops tf, Operand<TFloat32> output) {
    Operand<TFloat32> given = scores.of(tf, output);
    if (output.shape().get(1) == classes.size()) {
      return given;
    }
    return tf.concat(List.of(tf.math.sub(tf.constant(1f), given), given), tf.constant(1));
  }

  /** The class names again for each row of {@code probabilities}: string (batch, classes). */
  Operand<TString> names(Ops tf, Operand<TFloat32> probabilities) {
    Operand<TString> row = tf.expandDims(tf.array(classes.toArray(String[]::new)), tf.constant(0));
    return tf.tile(
        row,
        tf.concat(
            List.of(tf.slice(tf.shape(probabilities), tf.array(0), tf.array(1)), tf.array(1)),
            tf.constant(0)));
  }
}
