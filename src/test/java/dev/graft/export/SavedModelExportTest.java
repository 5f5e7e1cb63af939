package dev.graft.export;

import static dev.graft.export.Fixtures.CAFFE;
import static dev.graft.export.Fixtures.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.data.Images;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.error.ShapeException;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

class SavedModelExportTest {
  @TempDir Path folder;

  private static Classifier classifier(String... classes) {
    return new Classifier(CAFFE, List.of(classes), Scores.PROBABILITIES);
  }

  private static float[] predict(Network network, float[] values, int count) {
    try (Tensor x = Tensors.floats(values, count, 12, 10, 3);
        Result y = network.run(network.inference(), List.of(x))) {
      return Tensors.read(y.get(0));
    }
  }

  private static float[] prepare(List<byte[]> files) {
    float[] all = new float[files.size() * 12 * 10 * 3];
    try (Graph graph = new Graph();
        Session session = SETTINGS.open(graph, Settings.Kind.TRAINING)) {
      Ops tf = Ops.create(graph);
      Operand<TString> bytes = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
      Operand<TFloat32> one = Images.prepare(tf, bytes, CAFFE);
      for (int i = 0; i < files.size(); i++) {
        try (Tensor file = Tensors.string(files.get(i));
            Result result = session.runner().feed(bytes, file).fetch(one).run()) {
          Tensors.read(result.get(0), all, i * 12 * 10 * 3);
        }
      }
    }
    return all;
  }

  private static List<NodeDef> nodes(Path folder) throws IOException {
    return SavedModel.parseFrom(Files.readAllBytes(folder.resolve("saved_model.pb")))
        .getMetaGraphs(0)
        .getGraphDef()
        .getNodeList();
  }

  @Test
  void servesTheNetworkByKerasNames() {
    Model model = Fixtures.pictures(3, "softmax");
    Path target = folder.resolve("saved");
    try (Network network = Fixtures.network(model)) {
      SavedModelExport.of(network).write(target);
      try (ServedModel served = ServedModel.open(target, SETTINGS)) {
        assertThat(served.signatures().keySet()).containsExactly("serving_default");
        ServedSignature signature = served.signature("serving_default");
        assertThat(signature.inputs().get("input_layer")).hasToString("float32 (-1, 12, 10, 3)");
        assertThat(signature.outputs().get("dense")).hasToString("float32 (-1, 3)");
        for (int count : new int[] {1, 5}) {
          float[] values = Fixtures.floats(count, count * 360);
          try (Tensor x = Tensors.floats(values, count, 12, 10, 3);
              Answer answer = served.run("serving_default", Map.of("input_layer", x))) {
            assertThat(answer.shape("dense")).containsExactly(count, 3);
            assertThat(answer.floats("dense"))
                .containsExactly(predict(network, values, count), Offset.offset(1e-6f));
          }
        }
      }
    }
  }

  @Test
  void servesPicturesOfAnySizeInBatchesOfAnySize() {
    Model model = Fixtures.pictures(3, "softmax");
    Path target = folder.resolve("saved");
    try (Network network = Fixtures.network(model)) {
      SavedModelExport.of(network).classifying(classifier("a", "b", "ç")).write(target);
      try (ServedModel served = ServedModel.open(target, SETTINGS)) {
        for (int count : new int[] {1, 32}) {
          List<byte[]> files = Fixtures.pictures(count);
          try (Answer answer = served.classify(files)) {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < count; i++) {
              names.addAll(List.of("a", "b", "ç"));
            }
            assertThat(answer.shape("probabilities")).containsExactly(count, 3);
            assertThat(answer.shape("classes")).containsExactly(count, 3);
            assertThat(answer.strings("classes")).isEqualTo(names);
            assertThat(answer.floats("probabilities"))
                .containsExactly(predict(network, prepare(files), count), Offset.offset(1e-6f));
          }
        }
      }
    }
  }

  @Test
  void countsOneSigmoidAsTwoClassesAndSeveralEachOnTheirOwn() {
    List<byte[]> files = Fixtures.pictures(3);
    try (Network one = Fixtures.network(Fixtures.pictures(1, "sigmoid"));
        Network several = Fixtures.network(Fixtures.pictures(2, "sigmoid"))) {
      SavedModelExport.of(one).classifying(classifier("no", "yes")).write(folder.resolve("one"));
      SavedModelExport.of(several).classifying(classifier("x", "y")).write(folder.resolve("two"));
      try (ServedModel served = ServedModel.open(folder.resolve("one"), SETTINGS);
          Answer answer = served.classify(files)) {
        float[] p = predict(one, prepare(files), 3);
        assertThat(answer.floats("probabilities"))
            .containsExactly(
                new float[] {1 - p[0], p[0], 1 - p[1], p[1], 1 - p[2], p[2]}, Offset.offset(1e-6f));
      }
      try (ServedModel served = ServedModel.open(folder.resolve("two"), SETTINGS);
          Answer answer = served.classify(files)) {
        assertThat(answer.floats("probabilities"))
            .containsExactly(predict(several, prepare(files), 3), Offset.offset(1e-6f));
      }
    }
  }

  @Test
  void turnsLogitsIntoProbabilities() {
    List<byte[]> files = Fixtures.pictures(2);
    Model model = Fixtures.pictures(2, "linear");
    assertThat(Scores.of(model)).isEmpty();
    assertThat(Scores.of(Fixtures.pictures(2, "softmax"))).contains(Scores.PROBABILITIES);
    try (Network network = Fixtures.network(model)) {
      Classifier logits = new Classifier(CAFFE, List.of("a", "b"), Scores.SOFTMAX);
      SavedModelExport.of(network).classifying(logits).write(folder.resolve("saved"));
      try (ServedModel served = ServedModel.open(folder.resolve("saved"), SETTINGS);
          Answer answer = served.classify(files)) {
        float[] z = predict(network, prepare(files), 2);
        float p = (float) (1 / (1 + Math.exp(z[1] - z[0])));
        assertThat(answer.floats("probabilities")[0]).isCloseTo(p, Offset.offset(1e-6f));
      }
    }
  }

  @Test
  void holdsVariablesAndOnlyWhatServingNeeds() throws IOException {
    Model model =
        Fixtures.pictures(3, "softmax")
            .map(entry -> entry.withTrainable(!entry.name().equals("conv2d")));
    try (Network network = Fixtures.network(model)) {
      network.path(dev.graft.network.Path.Mode.TRAINING, model.inputs(), model.outputs());
      network.addVariable("optimizer/conv2d/kernel/m", Shape.of(3, 3, 3, 4));
      SavedModelExport.of(network)
          .classifying(classifier("a", "b", "c"))
          .write(folder.resolve("saved"));
      Set<String> types = new TreeSet<>();
      Set<String> variables = new TreeSet<>();
      for (NodeDef node : nodes(folder.resolve("saved"))) {
        types.add(node.getOp());
        if (node.getOp().equals("VarHandleOp")) {
          variables.add(node.getName());
        }
      }
      assertThat(variables)
          .containsExactlyInAnyOrderElementsOf(
              model.variables().stream().map(Model.Variable::name).toList());
      assertThat(types)
          .doesNotContain("StatelessRandomUniformV2", "StatelessRandomUniform")
          .contains("DecodeJpeg", "RestoreV2", "SaveV2", "PlaceholderWithDefault");
      SavedModel saved =
          SavedModel.parseFrom(Files.readAllBytes(folder.resolve("saved/saved_model.pb")));
      var collections = saved.getMetaGraphs(0).getCollectionDefMap();
      assertThat(collections.get("variables").getBytesList().getValueCount()).isEqualTo(8);
      assertThat(collections.get("trainable_variables").getBytesList().getValueCount())
          .isEqualTo(4);
      assertThat(Files.readAllLines(folder.resolve("saved/assets/labels.txt")))
          .containsExactly("a", "b", "c");
    }
  }

  @Test
  void givesFeaturesOfInnerLayers() {
    Model model = Fixtures.pictures(3, "softmax");
    try (Network network = Fixtures.network(model)) {
      SavedModelExport.of(network)
          .withFeatures(List.of("global_average_pooling2d", "conv2d"))
          .write(folder.resolve("saved"));
      float[] values = Fixtures.floats(1, 360);
      var inner = List.of(dev.graft.layers.Ref.of("global_average_pooling2d"));
      var path = network.path(dev.graft.network.Path.Mode.INFERENCE, model.inputs(), inner);
      try (ServedModel served = ServedModel.open(folder.resolve("saved"), SETTINGS);
          Tensor x = Tensors.floats(values, 1, 12, 10, 3);
          Result expected = network.run(path, List.of(x));
          Answer answer = served.run("features", Map.of("input_layer", x))) {
        assertThat(answer.shape("conv2d")).containsExactly(1, 12, 10, 4);
        assertThat(answer.floats("global_average_pooling2d"))
            .containsExactly(Tensors.read(expected.get(0)), Offset.offset(1e-6f));
      }
    }
  }

  @Test
  void keepsVersionsBesideEachOtherAndServesTheHighest() throws IOException {
    Path base = folder.resolve("deep");
    try (Network network = Fixtures.network(Fixtures.pictures(3, "softmax"))) {
      SavedModelExport export = SavedModelExport.of(network);
      assertThat(export.write(base, 9)).isEqualTo(base.resolve("9"));
      export.write(base, 10);
      assertThatThrownBy(() -> export.write(base, 9))
          .isInstanceOf(SettingException.class)
          .hasMessage(
              base.resolve("9") + ": is there already. Choose another version or remove it.");
      assertThatThrownBy(() -> export.write(base, 0))
          .hasMessage("--version: expected a number of at least 1, came 0.");
      assertThatThrownBy(() -> export.write(base))
          .isInstanceOf(SettingException.class)
          .hasMessageContaining("found files in it");
      try (ServedModel served = ServedModel.open(base, SETTINGS)) {
        assertThat(served.path()).isEqualTo(base.resolve("10"));
      }
      try (Stream<Path> left = Files.list(base)) {
        assertThat(left.map(p -> p.getFileName().toString())).containsOnly("9", "10");
      }
    }
  }

  @Test
  void refusesAClassifierThatDoesNotFitTheNetwork() {
    try (Network network = Fixtures.network(Fixtures.pictures(3, "softmax"))) {
      SavedModelExport export = SavedModelExport.of(network);
      assertThatThrownBy(() -> export.classifying(classifier("a", "b")))
          .isInstanceOf(SettingException.class)
          .hasMessage(
              "model 'tiny' has 3 outputs, came 2 class names. Give one name an output (two for a"
                  + " single one).");
      Classifier larger =
          new Classifier(
              CAFFE.sized(24, 24, CAFFE.color()), List.of("a", "b", "c"), Scores.PROBABILITIES);
      assertThatThrownBy(() -> export.classifying(larger))
          .isInstanceOf(ShapeException.class)
          .hasMessage(
              "model 'tiny' takes (None, 12, 10, 3), pictures are prepared as [24, 24] RGB. Prepare"
                  + " them as the model takes them.");
      assertThatThrownBy(() -> classifier("a", "a"))
          .hasMessage("class names: expected at least one and each only once, came [a, a].");
    }
  }

  @Test
  void saysWhatIsWrongWithARequest() {
    Path target = folder.resolve("saved");
    try (Network network = Fixtures.network(Fixtures.pictures(3, "softmax"))) {
      SavedModelExport.of(network).classifying(classifier("a", "b", "c")).write(target);
    }
    try (ServedModel served = ServedModel.open(target, SETTINGS);
        Tensor flat = Tensors.floats(new float[360], 1, 360);
        Tensor whole = Tensors.ints(new int[360], 1, 12, 10, 3)) {
      assertThatThrownBy(() -> served.run("serving_defalt", Map.of()))
          .isInstanceOf(SettingException.class)
          .hasMessage(
              "the model has no signature 'serving_defalt'. Did you mean 'serving_default'?");
      assertThatThrownBy(() -> served.run("serving_default", Map.of()))
          .isInstanceOf(SettingException.class)
          .hasMessage(
              "signature 'serving_default': input 'input_layer' (float32 (-1, 12, 10, 3)) is"
                  + " missing.");
      assertThatThrownBy(() -> served.run("serving_default", Map.of("input", flat)))
          .hasMessageContaining("has no input 'input'. Known here: input_layer.");
      assertThatThrownBy(() -> served.run("serving_default", Map.of("input_layer", flat)))
          .isInstanceOf(ShapeException.class)
          .hasMessage(
              "signature 'serving_default', input 'input_layer': expected float32 (-1, 12,"
                  + " 10, 3), came float32 (1, 360).");
      assertThatThrownBy(() -> served.run("serving_default", Map.of("input_layer", whole)))
          .hasMessageContaining("expected float32 (-1, 12, 10, 3), came int32 (1, 12, 10, 3).");
      List<byte[]> text = List.of("no picture".getBytes(StandardCharsets.UTF_8));
      assertThatThrownBy(() -> served.classify(text))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("signature 'serve_images': ");
    }
    assertThatThrownBy(() -> ServedModel.open(folder.resolve("none"), SETTINGS))
        .hasMessage(folder.resolve("none") + ": no such folder. Check the path.");
    assertThatThrownBy(() -> ServedModel.open(folder, SETTINGS))
        .hasMessage(
            folder
                + ": expected a SavedModel, found neither saved_model.pb nor a numbered folder that"
                + " holds one.");
  }

  @Test
  void holdsConstantsWhenFrozen() throws IOException {
    Path target = folder.resolve("saved");
    try (Network network = Fixtures.network(Fixtures.pictures(3, "softmax"))) {
      SavedModelExport.of(network)
          .classifying(classifier("a", "b", "c"))
          .withConstants()
          .write(target);
      assertThat(target.resolve("variables")).doesNotExist();
      assertThat(nodes(target).stream().map(NodeDef::getOp))
          .doesNotContain("VarHandleOp", "ReadVariableOp", "RestoreV2", "SaveV2");
      List<byte[]> files = Fixtures.pictures(2);
      try (ServedModel served = ServedModel.open(target, SETTINGS);
          Answer answer = served.classify(files)) {
        assertThat(answer.floats("probabilities"))
            .containsExactly(predict(network, prepare(files), 2), Offset.offset(1e-6f));
      }
    }
  }
}
