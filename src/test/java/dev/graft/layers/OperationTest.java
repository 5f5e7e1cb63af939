package dev.graft.layers;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settings of Keras 3's operations that Graft cannot do are refused by name. */
class OperationTest {
  private static void outputs(String className, String settings) {
    Operation operation = Operation.read(className, Config.parse(settings, className));
    operation.outputs(List.of(Spec.floats(-1, 3)), Map.of());
  }

  @Test
  void sparseTensors() {
    assertThatThrownBy(() -> outputs("OneHot", "{\"num_classes\": 4, \"sparse\": true}"))
        .isInstanceOf(UnsupportedException.class)
        .hasMessage("one_hot: Graft has no sparse tensors. Save the network with sparse=False.");
  }

  @Test
  void typesThatGraphsHaveNot() {
    assertThatThrownBy(() -> outputs("OnesLike", "{\"dtype\": \"int8\"}"))
        .isInstanceOf(UnsupportedException.class)
        .hasMessage(
            "OnesLike: Graft has no element type int8 in graphs. Save the network with float32,"
                + " int32, int64, uint8 or bool there.");
  }
}
