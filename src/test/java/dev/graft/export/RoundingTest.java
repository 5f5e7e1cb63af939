package dev.graft.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.SettingException;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.network.FrozenGraph;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Settings.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;

/** Graphs that compute in 16 bits. */
class RoundingTest {
  @TempDir Path folder;

  /** Every op that has weights. */
  private static Model model() {
    return Fixtures.sequential(
        Spec.floats(-1, 12, 10, 3),
        Map.of("Conv2D", Map.of("filters", 8, "kernel_size", 3)),
        Map.of("BatchNormalization", Map.of()),
        Map.of("DepthwiseConv2D", Map.of("kernel_size", 3)),
        Map.of("Conv2DTranspose", Map.of("filters", 4, "kernel_size", 3)),
        Map.of("Reshape", Map.of("target_shape", List.of(80, 4))),
        Map.of("Conv1D", Map.of("filters", 4, "kernel_size", 2)),
        Map.of("GlobalAveragePooling1D", Map.of()),
        Map.of("Dense", Map.of("units", 3, "activation", "softmax")));
  }

  private static GraphDef graph(Path saved) throws IOException {
    try (InputStream in = Files.newInputStream(saved.resolve("saved_model.pb"))) {
      return SavedModel.parseFrom(in).getMetaGraphs(0).getGraphDef();
    }
  }

  private static DataType type(GraphDef graph, String op, String attribute) {
    List<DataType> types =
        graph.getNodeList().stream()
            .filter(node -> node.getOp().equals(op))
            .map(node -> node.getAttrOrThrow(attribute).getType())
            .distinct()
            .toList();
    assertThat(types).as(op).hasSize(1);
    return types.get(0);
  }

  @ParameterizedTest
  @CsvSource({"BFLOAT16, false", "BFLOAT16, true", "FLOAT16, false", "FLOAT16, true"})
  void savedModelsComputeAndKeepIn16Bits(Precision precision, boolean frozen) throws IOException {
    Classifier classifier =
        new Classifier(Fixtures.CAFFE, List.of("a", "b", "c"), Scores.PROBABILITIES);
    Path whole = folder.resolve("whole");
    Path half = folder.resolve("half");
    try (Network network = Fixtures.network(model())) {
      Note note = Note.of(classifier).checked(network, Fixtures.pictures(2));
      SavedModelExport export = SavedModelExport.of(network).about(note);
      export = frozen ? export.withConstants() : export;
      export.write(whole);
      export.in(precision).write(half);
    }
    DataType type = Rounding.type(precision);
    GraphDef graph = graph(half);
    assertThat(type(graph, "Conv2D", "T")).isEqualTo(type);
    assertThat(type(graph, "MatMul", "T")).isEqualTo(type);
    DataType slow = precision == Precision.BFLOAT16 ? type : DataType.DT_FLOAT;
    assertThat(type(graph, "DepthwiseConv2dNative", "T")).isEqualTo(slow);
    assertThat(type(graph, "Conv2DBackpropInput", "T")).isEqualTo(slow);
    assertThat(kept(graph, frozen).filter(type::equals)).hasSize(5);
    assertThat(type(graph, "FusedBatchNormV3", "T")).isEqualTo(DataType.DT_FLOAT);
    try (ServedModel served = ServedModel.open(half, Fixtures.SETTINGS)) {
      served
          .signatures()
          .get("serving_default")
          .outputs()
          .forEach((name, port) -> assertThat(port.type()).isEqualTo(DataType.DT_FLOAT));
    }
    List<Finding> findings = new Verification(Fixtures.SETTINGS, Layers.standard()).of(half);
    assertThat(findings).hasSize(2).allMatch(Finding::good);
    assertThat(findings).noneMatch(finding -> finding.detail().endsWith(" 0.00e+00"));
  }

  private static java.util.stream.Stream<DataType> kept(GraphDef graph, boolean frozen) {
    return graph.getNodeList().stream()
        .filter(node -> node.getOp().equals(frozen ? "Const" : "VarHandleOp"))
        .map(node -> node.getAttrOrThrow("dtype").getType());
  }

  @Test
  void aNetworkTrainedIn16BitsIsCheckedIn32() {
    Path target = folder.resolve("saved");
    Settings rounded = new Settings(1, "cpu", Precision.BFLOAT16);
    try (Network whole = Fixtures.network(model());
        Network trained = Network.forInference(model(), rounded)) {
      trained.assign(whole);
      Note note = Note.none().checked(trained, List.of());
      assertThat(note.check().outputs().get("dense").floats())
          .containsExactly(
              Note.none().checked(whole, List.of()).check().outputs().get("dense").floats(),
              Offset.offset(1e-6f));
      SavedModelExport.of(trained).about(note).write(target);
    }
    assertThat(new Verification(Fixtures.SETTINGS, Layers.standard()).of(target))
        .allMatch(Finding::good);
  }

  @Test
  void aFrozenGraphIsReadAgain() {
    Path file = folder.resolve("half.pb");
    try (Network network = Fixtures.network(model())) {
      Note note = Note.none().checked(network, List.of());
      FrozenGraphExport.write(network, note, file, Precision.FLOAT16);
    }
    assertThat(new Verification(Fixtures.SETTINGS, Layers.standard()).of(file))
        .hasSize(1)
        .allMatch(Finding::good);
    assertThat(FrozenGraph.read(file).graph().getNodeList().stream().map(NodeDef::getOp))
        .contains("Cast");
  }

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "FLOAT16"})
  void roundsAsTensorFlowDoes(Precision precision) {
    float[] numbers = Fixtures.floats(3, 4000);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (numbers[i] * Math.pow(2, i % 60 - 40));
    }
    float[] edges = {
      0f,
      -0f,
      65504f,
      65519.9f,
      65520f,
      -1e30f,
      0x1p-24f,
      0x1p-25f,
      0x1.8p-25f,
      0x1.ffep-15f,
      0x1.ffffp-15f,
      0x1p-14f,
      1.0009764f,
      1.0004883f,
      3.3895314e38f,
      Float.POSITIVE_INFINITY,
      Float.MIN_VALUE
    };
    System.arraycopy(edges, 0, numbers, 0, edges.length);
    byte[] own = SmallFloats.of(FloatBuffer.wrap(numbers), Rounding.type(precision));
    ByteBuffer bits = ByteBuffer.wrap(own).order(ByteOrder.LITTLE_ENDIAN);
    byte[] theirs = new byte[own.length];
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      var x = tf.constant(numbers);
      var cast =
          precision == Precision.FLOAT16
              ? tf.dtypes.cast(x, TFloat16.class)
              : tf.dtypes.cast(x, TBfloat16.class);
      try (Result result = session.runner().fetch(cast).run()) {
        result.get(0).asRawTensor().data().read(theirs);
      }
    }
    ByteBuffer expected = ByteBuffer.wrap(theirs).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < numbers.length; i++) {
      assertThat(bits.getShort(2 * i)).as("%s", numbers[i]).isEqualTo(expected.getShort(2 * i));
    }
  }

  @Test
  void whatOverflowsIsNotWritten() {
    Path target = folder.resolve("saved");
    Model model =
        Fixtures.sequential(
            Spec.floats(-1, 4), Map.of("Dense", Map.of("units", 2, "use_bias", false)));
    try (Network network = Fixtures.network(model)) {
      float[] large = new float[8];
      java.util.Arrays.fill(large, 1e6f);
      network.assign("dense/kernel", large);
      Note note = Note.none().checked(network, List.of());
      SavedModelExport export = SavedModelExport.of(network).about(note).in(Precision.FLOAT16);
      assertThatThrownBy(() -> export.write(target))
          .isInstanceOf(SettingException.class)
          .hasMessageStartingWith(
              "--precision float16: expected outputs within 0.01 of those in float32, came a"
                  + " largest difference ")
          .hasMessageEndingWith("choose bfloat16 or float32.");
      assertThat(target).doesNotExist();
      Path file = folder.resolve("x.pb");
      assertThatThrownBy(() -> FrozenGraphExport.write(network, note, file, Precision.FLOAT16))
          .isInstanceOf(SettingException.class);
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void aNetworkWithoutProductsHasNothingToRound() {
    Model model = Fixtures.sequential(Spec.floats(-1, 4), Map.of("ReLU", Map.of()));
    try (Network network = Fixtures.network(model)) {
      SavedModelExport export = SavedModelExport.of(network).in(Precision.BFLOAT16);
      assertThatThrownBy(() -> export.write(folder.resolve("saved")))
          .hasMessageStartingWith("--precision: the network has no convolution");
      Note note = Note.none().checked(network, List.of());
      SavedModelExport.of(network).about(note).write(folder.resolve("whole"));
    }
    assertThat(new Verification(Fixtures.SETTINGS, Layers.standard()).of(folder.resolve("whole")))
        .allMatch(Finding::good);
  }
}
