package dev.graft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyWriter;
import dev.graft.layers.Call;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.layers.Unary;
import dev.graft.model.Surgery;
import dev.graft.network.Network;
import dev.graft.recipe.RecipeFile;
import dev.graft.runtime.Settings;
import dev.graft.train.Additions;
import dev.graft.train.Callback;
import dev.graft.train.Loss;
import dev.graft.train.Metric;
import dev.graft.train.Training;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A user's own layer, loss, metric and callback, as the documentation shows them. */
class OwnClassesTest {
  @TempDir Path folder;

  /** x times a number. */
  record Times(double factor) implements Unary {
    @Override
    public Spec output(Spec input) {
      return input;
    }

    @Override
    public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
      return call.tf().math.mul(x, call.tf().constant((float) factor));
    }

    @Override
    public Map<String, Object> config() {
      return Map.of("factor", factor);
    }
  }

  /** |y − ŷ| to the power of four, averaged over the outputs. */
  record FourthPower(double scale) implements Loss {
    @Override
    public String name() {
      return "fourth_power";
    }

    @Override
    public String className() {
      return "FourthPower";
    }

    @Override
    public Operand<TFloat32> perExample(
        Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
      Operand<TFloat32> squares = tf.math.square(tf.math.sub(target, output));
      Operand<TFloat32> mean = tf.math.mean(tf.math.square(squares), tf.constant(-1));
      return tf.math.mul(mean, tf.constant((float) scale));
    }

    @Override
    public Map<String, Object> config() {
      return Map.of("scale", scale);
    }

    @Override
    public Labels labels() {
      return Labels.NUMBERS;
    }
  }

  /** The share of outputs above their target. */
  record TooHigh() implements Metric {
    @Override
    public String name() {
      return "too_high";
    }

    @Override
    public String className() {
      return "TooHigh";
    }

    @Override
    public Operand<TFloat32> state(
        Ops tf, Operand<TFloat32> target, Operand<TFloat32> output, Operand<TFloat32> weights) {
      Operand<TFloat32> above = tf.dtypes.cast(tf.math.greater(output, target), TFloat32.class);
      Operand<TFloat32> all = tf.onesLike(above);
      return tf.stack(List.of(sum(tf, above), sum(tf, all)));
    }

    private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> x) {
      return tf.reduceSum(x, tf.constant(new int[] {0, 1}));
    }

    @Override
    public double result(double[] sum) {
      return sum[0] / sum[1];
    }

    @Override
    public Boolean higherIsBetter() {
      return false;
    }

    @Override
    public Map<String, Object> config() {
      return Map.of();
    }
  }

  /** Ends training once the loss is low enough; counts its steps, also over a restart. */
  static final class Enough implements Callback {
    private final double loss;
    private int steps;

    Enough(double loss) {
      this.loss = loss;
    }

    @Override
    public void onTrainBatchEnd(Training training, long batch, Map<String, Double> logs) {
      steps++;
    }

    @Override
    public void onEpochEnd(Training training, int epoch, Map<String, Double> logs) {
      logs.put("steps", (double) steps);
      if (logs.get("loss") < loss) {
        training.stop("the loss is below " + loss);
      }
    }

    @Override
    public List<String> logs() {
      return List.of("steps");
    }

    @Override
    public Map<String, Object> state() {
      return Map.of("steps", steps);
    }

    @Override
    public void restore(Config state) {
      steps = state.integer("steps");
    }
  }

  @Test
  void trainInARecipe() {
    float[] x = new float[16 * 2];
    float[] y = new float[16];
    for (int i = 0; i < 16; i++) {
      x[2 * i] = i % 4 / 4f;
      x[2 * i + 1] = (i - i % 4) / 16f;
      y[i] = 0.3f * x[2 * i] - 0.2f * x[2 * i + 1];
    }
    NpyWriter.save(folder.resolve("x.npy"), NpyArray.of(new long[] {16, 2}, x));
    NpyWriter.save(folder.resolve("y.npy"), NpyArray.of(new long[] {16, 1}, y));
    String recipe =
        """
        {"graft": 1, "name": "own",
         "model": {"layers": [{"Times": {"factor": 2}}, {"Dense": {"units": 1}}]},
         "data": {"train": {"npy": ["x.npy", "y.npy"]}},
         "stages": [{"optimizer": {"Adam": {"learning_rate": 0.05}}, "batch_size": 8,
                     "loss": {"FourthPower": {"scale": 10}}, "metrics": ["TooHigh"],
                     "callbacks": [{"Enough": {"loss": 0.01}}], "epochs": 500}],
         "export": []}
        """;
    Graft graft =
        Graft.standard()
            .with(Layers.standard().with("Times", (c, l) -> new Times(c.number("factor"))))
            .with(
                Additions.NONE
                    .withLoss("FourthPower", c -> new FourthPower(c.number("scale", 1)))
                    .withMetric("TooHigh", c -> new TooHigh())
                    .withCallback("Enough", c -> new Enough(c.number("loss"))));
    @SuppressWarnings("unchecked")
    Map<String, Object> plain = (Map<String, Object>) Config.parse(recipe, "own").plain();
    try (Run run = graft.train(RecipeFile.of(plain, folder, "own.json"), folder.resolve("run"))) {
      List<Double> losses = run.history().values("loss");
      assertThat(losses.get(losses.size() - 1)).isLessThan(0.01);
      assertThat(losses.size()).isBetween(2, 499);
      assertThat(run.history().values("steps").get(losses.size() - 1))
          .isEqualTo(2.0 * losses.size());
      assertThat(run.history().values("too_high")).allMatch(share -> share >= 0 && share <= 1);
    }
  }

  private static Model chain(String... layers) {
    List<Surgery.Named> list = new java.util.ArrayList<>();
    for (String layer : layers) {
      Config.Named named = Config.parse(layer, "layer").named();
      list.add(
          new Surgery.Named(
              named.config().string("name"),
              Layers.standard().read(named.className(), named.config())));
    }
    return Surgery.sequential("a", new InputLayer(Spec.floats(-1, 2)), list);
  }

  /** Keras's clone_model and set_weights: a model is data, a network has values of its own. */
  @Test
  void clonesAreIndependentAndCopiesAreTold() {
    Model a =
        chain(
            "{\"Dense\": {\"name\": \"low\", \"units\": 3}}",
            "{\"Dense\": {\"name\": \"top\", \"units\": 1}}");
    Settings settings = new Settings(1, "cpu", Settings.Precision.FLOAT32);
    try (Network first = Network.forTraining(a, settings, 1);
        Network clone = Network.forTraining(a, settings, 2)) {
      first.initialize(1);
      clone.initialize(2);
      assertThat(clone.values("low/kernel")).isNotEqualTo(first.values("low/kernel"));
      // set_weights(get_weights()): copies, which go their own ways afterwards.
      clone.assign(first);
      assertThat(clone.weights()).containsOnlyKeys(first.weights().keySet());
      assertThat(clone.values("low/kernel")).isEqualTo(first.values("low/kernel"));
      clone.assign("top/bias", new float[] {5});
      assertThat(first.values("top/bias")[0]).isCloseTo(0, within(0f));
    }
  }
}
