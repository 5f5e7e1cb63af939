package dev.graft.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.layers.DType;
import dev.graft.layers.Model;
import dev.graft.layers.Net;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/** Inputs of every type that a Keras file declares are fed as float32. */
class InputTypesTest {
  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "FLOAT32", "FLOAT64", "INT32", "INT64", "UINT8"})
  void numbersOfEveryTypeReachTheirLayer(DType type) {
    Net net = new Net("net");
    Ref ids = net.input("ids", Spec.floats(-1, 2).as(type));
    Map<String, Object> counts = Map.of("num_tokens", 4, "output_mode", "count");
    Model model = net.model(net.layer("count", "CategoryEncoding", counts, ids));
    try (Network network = Network.forInference(model, Settings.standard());
        Tensor numbers = Tensors.floats(new float[] {1, 3, 2, 2}, 2, 2);
        Result result = network.run(network.inference(), List.of(numbers))) {
      assertThat(Tensors.read(result.get(0))).containsExactly(0, 1, 0, 1, 0, 0, 2, 0);
    }
  }
}
