package dev.graft.explain;

import dev.graft.error.SettingException;
import dev.graft.error.ShapeException;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.WeightStore;
import dev.graft.network.GradientCheck;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.List;
import java.util.function.Consumer;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Grad-CAM (Selvaraju et al. 2017) and integrated gradients (Sundararajan et al. 2017) of one
 * model, as in the examples of keras.io.
 *
 * <p>Both follow the score of a class before the last softmax or sigmoid; one sigmoid unit counts
 * as two classes, the score of the first being the negative of that of the second. Not thread-safe.
 */
public final class Explainer implements AutoCloseable {
  /** Interpolated inputs that go through the network at once. */
  private static final int BATCH = 16;

  private final Network network;
  private final Spec input;
  private final Spec map;
  private final int units;
  private final Operand<?> feed;
  private final Operand<?> maps;
  private final Placeholder<TFloat32> weight;
  private final Output<?> ofMap;
  private final Output<?> ofInput;

  private Explainer(Model model, WeightStore weights, Settings settings, Ref at) {
    network = Network.forInference(model, settings);
    try {
      network.assign(weights);
      input = model.specs().get(model.inputs().get(0));
      map = at == null ? null : model.specs().get(at);
      Ref scores = model.outputs().get(0);
      Path path =
          network.path(
              Path.Mode.INFERENCE,
              model.inputs(),
              at == null ? List.of(scores) : List.of(scores, at));
      feed = path.feeds().get(0);
      maps = at == null ? null : path.outputs().get(1);
      Output<?> score = path.outputs().get(0).asOutput();
      units = Math.toIntExact(score.shape().get(-1));
      weight = network.ops().placeholder(TFloat32.class, Placeholder.shape(score.shape()));
      ofInput = gradient(score, feed.asOutput());
      ofMap = maps == null ? null : gradient(score, maps.asOutput());
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /**
   * Explains {@code model}.
   *
   * @param model with one input (height × width × channels) and one output of classes
   * @param weights its values
   * @param layer the layer whose maps Grad-CAM shows, or null for the last one with maps
   */
  public static Explainer of(Model model, WeightStore weights, Settings settings, String layer) {
    Model scores = Logits.of(model, Layers.standard());
    Ref at = layer == null ? Logits.lastMap(scores) : Ref.of(scores.layer(layer).name());
    if (scores.specs().get(at).rank() != 4) {
      throw new SettingException(
          "layer '"
              + layer
              + "': Grad-CAM needs maps with height and width, it gives "
              + scores.specs().get(at)
              + ". Name a convolution.");
    }
    return new Explainer(scores, weights, settings, at);
  }

  /** Explains by integrated gradients alone a model that has no maps. */
  public static Explainer withoutMaps(Model model, WeightStore weights, Settings settings) {
    return new Explainer(Logits.of(model, Layers.standard()), weights, settings, null);
  }

  private Output<?> gradient(Output<?> score, Output<?> x) {
    GradientCheck.between(network.graph(), x, score);
    return network.graph()
        .addGradients(
            "explain_" + x.op().name().replace('/', '_'),
            new Output<?>[] {score},
            new Output<?>[] {x},
            new Output<?>[] {weight.asOutput()})[0];
  }

  /**
   * Where the last maps speak for class {@code index}: their channels, weighted with the mean
   * gradient of the class's score, summed, without what speaks against it, the greatest being 1.
   * All 0 when nothing speaks for it.
   *
   * @param prepared one input as the model takes it, height × width × channels, row-major
   */
  public Heat gradCam(float[] prepared, int index) {
    if (ofMap == null) {
      throw new SettingException("this explainer was made without maps. Make it with a layer.");
    }
    float[] weights = classWeights(index, 1);
    float[][] found = new float[2][];
    run(
        prepared,
        1,
        weights,
        List.of(maps.asOutput(), ofMap),
        result -> {
          found[0] = Tensors.read(result.get(0));
          found[1] = Tensors.read(result.get(1));
        });
    int channels = Math.toIntExact(map.size(-1));
    int places = found[0].length / channels;
    double[] mean = new double[channels];
    for (int i = 0; i < found[1].length; i++) {
      mean[i % channels] += found[1][i] / places;
    }
    float[] heat = new float[places];
    float most = 0;
    for (int i = 0; i < places; i++) {
      double sum = 0;
      for (int c = 0; c < channels; c++) {
        sum += found[0][i * channels + c] * mean[c];
      }
      heat[i] = (float) Math.max(0, sum);
      most = Math.max(most, heat[i]);
    }
    for (int i = 0; i < places && most > 0; i++) {
      heat[i] /= most;
    }
    int width = Math.toIntExact(map.size(2) > 0 ? map.size(2) : Math.round(Math.sqrt(places)));
    return new Heat(places / width, width, heat);
  }

  /**
   * How much each value of the input adds to the score of class {@code index}, on the straight way
   * from {@code baseline}; together they make up the difference of the two scores.
   *
   * @param prepared one input as the model takes it, height × width × channels, row-major
   * @param baseline an input that says nothing, such as a black picture, prepared likewise
   * @param steps how many; 50 are usual
   * @return one number a value of the input
   */
  public float[] integratedGradients(float[] prepared, float[] baseline, int index, int steps) {
    if (steps < 1) {
      throw new SettingException(
          "integrated gradients: expected at least 1 step, came " + steps + ".");
    }
    double[] sums = new double[prepared.length];
    for (int from = 0; from <= steps; from += BATCH) {
      int count = Math.min(BATCH, steps + 1 - from);
      int first = from;
      float[] inputs = new float[count * prepared.length];
      for (int i = 0; i < inputs.length; i++) {
        double share = (double) (from + i / prepared.length) / steps;
        int at = i % prepared.length;
        inputs[i] = (float) (baseline[at] + share * (prepared[at] - baseline[at]));
      }
      run(
          inputs,
          count,
          classWeights(index, count),
          List.of(ofInput),
          result -> {
            float[] gradients = Tensors.read(result.get(0));
            for (int i = 0; i < gradients.length; i++) {
              int step = first + i / prepared.length;
              // Trapezoids: the two ends count half.
              sums[i % prepared.length] += gradients[i] * (step == 0 || step == steps ? 0.5 : 1);
            }
          });
    }
    float[] attributions = new float[prepared.length];
    for (int i = 0; i < attributions.length; i++) {
      attributions[i] = (float) ((prepared[i] - baseline[i]) * sums[i] / steps);
    }
    return attributions;
  }

  private float[] classWeights(int index, int count) {
    int classes = units == 1 ? 2 : units;
    if (index < 0 || index >= classes) {
      throw new SettingException(
          "class " + index + ": expected a class from 0 to " + (classes - 1) + ".");
    }
    float[] weights = new float[count * units];
    for (int row = 0; row < count; row++) {
      weights[row * units + (units == 1 ? 0 : index)] = units == 1 && index == 0 ? -1 : 1;
    }
    return weights;
  }

  private void run(
      float[] inputs, int count, float[] weights, List<Output<?>> wanted, Consumer<Result> then) {
    long[] shape = input.shape().asArray();
    shape[0] = count;
    long size = 1;
    for (long edge : shape) {
      size = size < 0 || edge < 0 ? -1 : size * edge;
    }
    if (size != inputs.length) {
      throw new ShapeException(
          "explain: the model takes " + input + ", came " + inputs.length / count + " values.");
    }
    try (Tensor values = Tensors.floats(inputs, shape);
        Tensor by = Tensors.floats(weights, count, units)) {
      var runner = network.session().runner().feed(feed, values).feed(weight, by);
      wanted.forEach(runner::fetch);
      try (Result result = runner.run()) {
        then.accept(result);
      }
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
