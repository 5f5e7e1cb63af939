package dev.graft.export;

import static dev.graft.export.Fixtures.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.SettingException;
import dev.graft.error.ShapeException;
import dev.graft.error.UnsupportedException;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.model.Surgery;
import dev.graft.network.FrozenGraph;
import dev.graft.network.FrozenLayer;
import dev.graft.network.Network;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;

class FrozenGraphTest {
  private static final Model MODEL = Fixtures.pictures(3, "softmax");
  private static final float[] ROWS = Fixtures.floats(3, 2 * 360);

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() {
    file = folder.resolve("tiny.pb");
    try (Network network = Fixtures.network(MODEL)) {
      Classifier classifier =
          new Classifier(Fixtures.CAFFE, List.of("a", "b", "c"), Scores.PROBABILITIES);
      FrozenGraphExport.write(network, Note.of(classifier).checked(network, List.of()), file);
    }
  }

  /** What the network that was frozen gives at {@code layer}. */
  private static float[] expected(String layer) {
    try (Network network = Fixtures.network(MODEL);
        Tensor x = Tensors.floats(ROWS, 2, 12, 10, 3)) {
      var path =
          network.path(
              dev.graft.network.Path.Mode.INFERENCE, MODEL.inputs(), List.of(Ref.of(layer)));
      try (Result y = network.run(path, List.of(x))) {
        return Tensors.read(y.get(0));
      }
    }
  }

  /** A head of two units on what the frozen graph gives at {@code output}. */
  private static Model grafted(FrozenLayer trunk) {
    Config dense = Config.of(Map.of("units", 2, "activation", "softmax"), "dense");
    return Surgery.sequential(
        "grafted",
        new InputLayer(trunk.input()),
        List.of(
            new Surgery.Named("trunk", trunk),
            new Surgery.Named("head", Layers.standard().read("Dense", dense))));
  }

  @Test
  void givesWhatTheNetworkGave() throws IOException {
    try (ServedModel served = ServedModel.open(file, SETTINGS);
        Tensor x = Tensors.floats(ROWS, 2, 12, 10, 3);
        Answer answer = served.run("serving_default", Map.of("input_layer", x))) {
      assertThat(answer.floats("dense")).containsExactly(expected("dense"), Offset.offset(1e-6f));
      assertThat(served.note().classes()).containsExactly("a", "b", "c");
    }
    assertThat(Files.readString(folder.resolve("labels.txt"))).isEqualTo("a\nb\nc\n");
    Config note = Config.read(folder.resolve("tiny.json"));
    assertThat(note.get("inputs").string("input_layer")).isEqualTo("input_layer:0");
    assertThat(new Verification(SETTINGS, Layers.standard()).of(file))
        .hasSize(1)
        .allMatch(Finding::good);
    Set<String> types = new TreeSet<>();
    FrozenGraph.read(file).graph().getNodeList().forEach(node -> types.add(node.getOp()));
    assertThat(types).contains("Const", "Conv2D").doesNotContain("ReadVariableOp", "SaveV2");
  }

  @Test
  void guessesInputsAndOutputsOfAnotherWritersGraph() throws IOException {
    Files.delete(folder.resolve("tiny.json"));
    try (ServedModel served = ServedModel.open(file, SETTINGS);
        Tensor x = Tensors.floats(ROWS, 2, 12, 10, 3);
        Answer answer = served.run("serving_default", Map.of("input_layer", x))) {
      assertThat(answer.names()).containsExactly("dense/Softmax");
      assertThat(answer.floats("dense/Softmax"))
          .containsExactly(expected("dense"), Offset.offset(1e-6f));
    }
  }

  @Test
  void overwritesNothing() {
    try (Network network = Fixtures.network(MODEL)) {
      assertThatThrownBy(() -> FrozenGraphExport.write(network, Note.none(), file))
          .isInstanceOf(SettingException.class)
          .hasMessage(file + ": is there already. Remove it, or choose another place.");
      assertThatThrownBy(
              () -> FrozenGraphExport.write(network, Note.none(), folder.resolve("x.dat")))
          .hasMessage(folder.resolve("x.dat") + ": expected a name that ends in .pb.");
    }
  }

  @Test
  void carriesAHead() {
    FrozenLayer trunk = FrozenLayer.read(file, "input_layer", "global_average_pooling2d/Mean:0");
    assertThat(trunk.input()).hasToString("(None, 12, 10, 3)");
    Model model = grafted(trunk);
    assertThat(model.specs().get(Ref.of("trunk"))).hasToString("(None, 4)");
    assertThat(model.variables().stream().map(Model.Variable::name))
        .containsExactly("head/kernel", "head/bias");
    try (Network network = Network.forTraining(model, SETTINGS, 1);
        Tensor x = Tensors.floats(ROWS, 2, 12, 10, 3)) {
      network.initialize(1);
      var inner =
          network.path(
              dev.graft.network.Path.Mode.TRAINING, model.inputs(), List.of(Ref.of("trunk")));
      try (Result y = network.run(inner, List.of(x))) {
        assertThat(Tensors.read(y.get(0)))
            .containsExactly(expected("global_average_pooling2d"), Offset.offset(1e-6f));
      }
      var whole =
          network.path(dev.graft.network.Path.Mode.TRAINING, model.inputs(), model.outputs());
      Output<?> loss =
          network.ops().reduceSum(whole.output(0), network.ops().constant(0)).asOutput();
      network
          .graph()
          .addGradients(
              "gradient",
              new Output<?>[] {loss},
              new Output<?>[] {network.variable("head/kernel").read().asOutput()},
              null);
      Set<String> types = new TreeSet<>();
      network
          .graph()
          .operations()
          .forEachRemaining(
              op -> {
                if (op.name().startsWith("gradient/")) {
                  types.add(op.type());
                }
              });
      assertThat(types).contains("MatMul").noneMatch(type -> type.contains("Conv2DBackprop"));
      exportsAgain(network, model, x);
    }
  }

  private void exportsAgain(Network network, Model model, Tensor x) {
    SavedModelExport.of(network).write(folder.resolve("again"));
    try (ServedModel served = ServedModel.open(folder.resolve("again"), SETTINGS);
        Answer answer = served.run("serving_default", Map.of(model.inputs().get(0).layer(), x));
        Result y = network.run(network.inference(), List.of(x))) {
      assertThat(answer.floats("head"))
          .containsExactly(Tensors.read(y.get(0)), Offset.offset(1e-6f));
    }
  }

  @Test
  void beginsInTheMiddle() {
    FrozenLayer middle = FrozenLayer.read(file, "conv2d/BiasAdd", "global_average_pooling2d/Mean");
    assertThat(middle.input()).hasToString("(None, 12, 10, 4)");
    assertThat(middle.outputs(List.of(Spec.floats(-1, 12, 10, 4)))).hasToString("[(None, 4)]");
    assertThatThrownBy(() -> middle.outputs(List.of(Spec.floats(-1, 12, 10, 7))))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith(file + ": 'conv2d/BiasAdd:0' cannot be (None, 12, 10, 7): ");
  }

  @Test
  void namesTheTensorThatIsMissing() {
    assertThatThrownBy(() -> FrozenLayer.read(file, "input_layr", "dense/Softmax"))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            file
                + " has no tensor 'input_layr'. Did you mean 'input_layer'? Its ends: input_layer,"
                + " dense/Softmax.");
    assertThatThrownBy(() -> FrozenLayer.read(file, "dense/Softmax", "input_layer"))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "'input_layer:0' does not depend on 'dense/Softmax:0'. Name tensors that belong"
                + " together.");
  }

  @Test
  void refusesWhatIsNoFrozenGraph() throws IOException {
    Path text = folder.resolve("text.pb");
    Files.writeString(text, "this is no graph");
    assertThatThrownBy(() -> FrozenGraph.read(text))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageStartingWith(text + ": expected a frozen graph (a GraphDef), found ");
    assertThatThrownBy(() -> FrozenGraph.read(folder.resolve("none.pb")))
        .isInstanceOf(DataException.class)
        .hasMessage(folder.resolve("none.pb") + ": there is no such file. Check the path.");
    Path variables = folder.resolve("variables.pb");
    write(variables, NodeDef.newBuilder().setName("w").setOp("VarHandleOp"));
    assertThatThrownBy(() -> FrozenGraph.read(variables))
        .isInstanceOf(MalformedFileException.class)
        .hasMessage(
            variables
                + ": 'w' is a variable, and a .pb has no values for it. Freeze the graph first.");
    Path cut = folder.resolve("cut.pb");
    write(cut, NodeDef.newBuilder().setName("y").setOp("Relu").addInput("gone"));
    assertThatThrownBy(() -> FrozenGraph.read(cut))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("the graph has no op 'gone', which one of its ops takes as input.");
  }

  private static void write(Path path, NodeDef.Builder... nodes) throws IOException {
    GraphDef.Builder graph = GraphDef.newBuilder();
    for (NodeDef.Builder node : nodes) {
      graph.addNode(node);
    }
    Files.write(path, graph.build().toByteArray());
  }

  @Test
  void runsNoGraphThatTouchesFiles() throws IOException {
    Path evil = folder.resolve("evil.pb");
    write(
        evil,
        NodeDef.newBuilder().setName("name").setOp("Const"),
        NodeDef.newBuilder().setName("steal").setOp("ReadFile").addInput("name"));
    assertThatThrownBy(() -> FrozenGraph.read(evil))
        .isInstanceOf(UnsupportedException.class)
        .hasMessage(
            evil
                + ": op 'steal' (ReadFile) reaches out of the graph, to files or to other programs."
                + " Graft runs no such graph.");
    Path saved = folder.resolve("saved");
    try (Network network = Fixtures.network(MODEL)) {
      SavedModelExport.of(network).write(saved);
    }
    Path pb = saved.resolve("saved_model.pb");
    SavedModel model = SavedModel.parseFrom(Files.readAllBytes(pb));
    MetaGraphDef.Builder meta = model.getMetaGraphs(0).toBuilder();
    for (int i = 0; i < meta.getGraphDef().getNodeCount(); i++) {
      NodeDef.Builder node = meta.getGraphDefBuilder().getNodeBuilder(i);
      if (node.getName().equals("dense/Softmax")) {
        node.addInput("^checkpoint/Save");
      }
    }
    Files.write(pb, model.toBuilder().setMetaGraphs(0, meta).build().toByteArray());
    assertThatThrownBy(() -> ServedModel.open(saved, SETTINGS))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("(SaveV2) reaches out of the graph");
  }
}
