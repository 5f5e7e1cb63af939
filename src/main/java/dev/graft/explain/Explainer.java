package dev.graft.explain;

import dev.graft.error.SettingException;
import dev.graft.error.ShapeException;
import dev.graft.error.UnsupportedException;
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
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * <p>Both follow the {@link Score} of a class. One sigmoid unit counts as two classes: the score of
 * the first before the sigmoid is the negative of that of the second, its probability what is
 * missing to 1. Models inside the model are opened. Not thread-safe.
 */
public final class Explainer implements AutoCloseable {
  /** Interpolated inputs that go through the network at once. */
  private static final int BATCH = 8;

  /** What of a class is followed back. */
  public enum Score {
    /** Before the last softmax or sigmoid: the usual one of Grad-CAM. */
    LOGIT,
    /** After it, what the model gives: the usual one of integrated gradients. */
    PROBABILITY
  }

  /** A class, by its index, and what of it is followed back. */
  public record Target(int index, Score score) {}

  private final Network network;
  private final Spec input;
  private final Spec map;
  private final int units;
  private final Operand<?> feed;
  private final Operand<?> maps;
  private final Placeholder<TFloat32> weight;
  private final Map<Score, Output<?>> scores = new EnumMap<>(Score.class);
  private final Map<Output<?>, Map<Score, Output<?>>> gradients = new HashMap<>();

  private Explainer(Logits found, WeightStore weights, Settings settings, Ref at) {
    Model model = found.model();
    check(model);
    network = Network.forInference(model, settings);
    try {
      network.assign(weights);
      input = model.specs().get(model.inputs().get(0));
      map = at == null ? null : model.specs().get(at);
      Ref last = model.outputs().get(0);
      Path path =
          network.path(
              Path.Mode.INFERENCE, model.inputs(), at == null ? List.of(last) : List.of(last, at));
      feed = path.feeds().get(0);
      maps = at == null ? null : path.outputs().get(1);
      Operand<TFloat32> logit = path.output(0);
      scores.put(Score.LOGIT, logit.asOutput());
      scores.put(Score.PROBABILITY, probability(found.activation(), logit).asOutput());
      units = Math.toIntExact(logit.shape().get(-1));
      weight = network.ops().placeholder(TFloat32.class, Placeholder.shape(logit.shape()));
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private static void check(Model model) {
    Spec taken = model.specs().get(model.inputs().get(0));
    Spec given = model.specs().get(model.outputs().get(0));
    if (taken.perExample() < 0) {
      throw new ShapeException(
          "model '" + model.name() + "': it takes " + taken + ". Fix the size of its input first.");
    }
    if (given.rank() != 2) {
      throw new UnsupportedException(
          "model '"
              + model.name()
              + "': explanations need one score a class, (batch, classes); it gives "
              + given
              + ".");
    }
  }

  private Operand<TFloat32> probability(String activation, Operand<TFloat32> logit) {
    return activation == null
        ? logit
        : activation.equals("softmax")
            ? network.ops().nn.softmax(logit)
            : network.ops().math.sigmoid(logit);
  }

  /**
   * Explains {@code model}.
   *
   * @param model with one input (height × width × channels) and one output of classes
   * @param weights its values
   * @param layer the layer whose maps Grad-CAM shows, or null for the last one with maps; a layer
   *     of a model inside by its own name or as {@code inner/layer}
   */
  public static Explainer of(Model model, WeightStore weights, Settings settings, String layer) {
    Logits found = Logits.of(model, Layers.standard());
    return new Explainer(
        found, weights, settings, layer == null ? found.lastMap() : found.map(layer));
  }

  /** Explains by integrated gradients alone a model that has no maps. */
  public static Explainer withoutMaps(Model model, WeightStore weights, Settings settings) {
    return new Explainer(Logits.of(model, Layers.standard()), weights, settings, null);
  }

  private Output<?> gradient(Score of, Output<?> x) {
    return gradients
        .computeIfAbsent(x, key -> new EnumMap<>(Score.class))
        .computeIfAbsent(
            of,
            key -> {
              Output<?> score = scores.get(of);
              GradientCheck.between(network.graph(), x, score);
              String name = x.op().name().replace('/', '_') + "_" + of;
              return network.graph()
                  .addGradients(
                      "explain_" + name.toLowerCase(Locale.ROOT),
                      new Output<?>[] {score},
                      new Output<?>[] {x},
                      new Output<?>[] {weight.asOutput()})[0];
            });
  }

  /**
   * Where the maps speak for a class: their channels, weighted with the mean gradient of the
   * class's score, summed, without what speaks against it, the greatest being 1. All 0 when nothing
   * speaks for it.
   *
   * @param prepared one input as the model takes it, height × width × channels, row-major
   */
  public Heat gradCam(float[] prepared, Target target) {
    if (maps == null) {
      throw new SettingException("this explainer was made without maps. Make it with a layer.");
    }
    float[] weights = classWeights(target.index(), 1);
    float[][] found = new float[2][];
    run(
        prepared,
        1,
        weights,
        List.of(maps.asOutput(), gradient(target.score(), maps.asOutput())),
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
    int width = Math.toIntExact(map.size(2));
    return new Heat(places / width, width, heat);
  }

  /**
   * How much each value of the input adds to the score of a class, on the straight way from {@code
   * baseline}; together they make up the difference of the two scores.
   *
   * @param prepared one input as the model takes it, height × width × channels, row-major
   * @param baseline an input that says nothing, such as a black picture, prepared likewise
   * @param steps how many; 50 are usual
   * @return one number a value of the input
   */
  public float[] integratedGradients(float[] prepared, float[] baseline, Target target, int steps) {
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
          classWeights(target.index(), count),
          List.of(gradient(target.score(), feed.asOutput())),
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

  /**
   * What the model gives for one input: a value a class, two for one sigmoid unit.
   *
   * @param prepared one input as the model takes it, row-major
   */
  public float[] scores(float[] prepared, Score of) {
    float[][] found = new float[1][];
    run(
        prepared,
        1,
        new float[units],
        List.of(scores.get(of)),
        result -> found[0] = Tensors.read(result.get(0)));
    if (units > 1) {
      return found[0];
    }
    float second = found[0][0];
    return new float[] {of == Score.LOGIT ? -second : 1 - second, second};
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
