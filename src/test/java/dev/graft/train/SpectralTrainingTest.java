package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.config.Config;
import dev.graft.files.NpyArray;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Net;
import dev.graft.layers.Ref;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SpectralNormalization divides the kernel first; the optimizer then moves what came of that. */
class SpectralTrainingTest {
  private static final String LAYER =
      """
      {"layer": {"class_name": "Dense", "config": {"units": 1, "use_bias": false}}}
      """;

  private static Model model(boolean trained) {
    Net net = new Net("net");
    Ref x = net.input("x", -1, 2);
    Layer layer = Layers.standard().read("SpectralNormalization", Config.parse(LAYER, "sn"));
    Ref normalized = net.put(new Model.Entry("sn", trained, layer), x);
    Map<String, Object> one = Map.of("units", 1, "use_bias", false);
    return net.model(net.layer("out", "Dense", one, normalized));
  }

  /** A kernel of one column has its length for a singular value, so all is known by hand. */
  @ParameterizedTest
  @CsvSource({"true, 0", "true, 0.5", "false, 0"})
  void dividesThenUpdates(boolean trained, double decay) {
    float[] x = {1, 2, -3, 1};
    float[] y = {1, -1};
    double lr = 0.1;
    String sgd = "{\"learning_rate\": 0.1" + (decay > 0 ? ", \"weight_decay\": 0.5}" : "}");
    Stage stage =
        Stage.of(
                "step",
                Objective.of(
                    Losses.read(Config.of(Map.of("MeanSquaredError", Map.of()), "loss")),
                    List.of()),
                Optimizers.read(Config.parse("{\"SGD\": " + sgd + "}", "optimizer")),
                Pace.of(1, 2).inOrder())
            .with(Stage.Cache.OFF);
    try (Network network = Network.forTraining(model(trained), Settings.standard(), 1)) {
      network.assign("sn/layer/kernel", new float[] {3, 4});
      network.assign("sn/vector_u", new float[] {0.5f});
      network.assign("out/kernel", new float[] {2});
      Trainer.fit(
          Job.of(
              network,
              stage,
              Rows.of(NpyArray.of(new long[] {2, 2}, x), NpyArray.of(new long[] {2, 1}, y)),
              null));
      double[] divided = {0.6, 0.8};
      double[] gradient = new double[2];
      for (int row = 0; row < 2; row++) {
        double off = 2 * (x[2 * row] * divided[0] + x[2 * row + 1] * divided[1]) - y[row];
        gradient[0] += off * 2 * x[2 * row];
        gradient[1] += off * 2 * x[2 * row + 1];
      }
      float[] kernel = network.values("sn/layer/kernel");
      for (int i = 0; i < 2; i++) {
        double expected = divided[i] * (1 - decay * lr) - lr * gradient[i];
        assertThat(kernel[i]).isCloseTo((float) (trained ? expected : divided[i]), within(1e-5f));
      }
      assertThat(network.values("sn/vector_u")[0]).isCloseTo(1f, within(1e-6f));
    }
  }
}
