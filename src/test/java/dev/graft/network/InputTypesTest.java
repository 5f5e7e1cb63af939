package dev.graft.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.layers.DType;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/** Inputs of every type that a Keras file declares are fed as float32. */
class InputTypesTest {
  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "FLOAT32", "FLOAT64", "INT32", "INT64", "UINT8"})
  void numbersOfEveryTypeReachTheirLayer(DType type) {
    Model model =
        new Model(
            "net",
            Model.Form.FUNCTIONAL,
            List.of(
                new Model.Entry("ids", true, new InputLayer(Spec.floats(-1, 2).as(type))),
                new Model.Entry(
                    "count",
                    true,
                    Layers.standard()
                        .read(
                            "CategoryEncoding",
                            Config.parse(
                                "{\"num_tokens\": 4, \"output_mode\": \"count\"}", "count")))),
            List.of(Use.of("ids"), Use.of("count", Ref.of("ids"))),
            List.of(Ref.of("ids")),
            List.of(Ref.of("count")));
    try (Network network = Network.forInference(model, Settings.standard());
        Tensor ids = Tensors.floats(new float[] {1, 3, 2, 2}, 2, 2);
        Result counts = network.run(network.inference(), List.of(ids))) {
      assertThat(Tensors.read(counts.get(0))).containsExactly(0, 1, 0, 1, 0, 0, 2, 0);
    }
  }
}
