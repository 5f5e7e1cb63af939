package dev.graft.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.GraftException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.SettingException;
import dev.graft.error.UnsupportedException;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configs of all generations, and what is said of those that cannot be read. */
class KerasFileTest {
  private static final String INPUT =
      "{'class_name': 'InputLayer', 'name': 'in', 'inbound_nodes': [], 'config':"
          + " {'batch_input_shape': [null, 4], 'name': 'in', 'dtype': 'float32'}}";

  @TempDir Path folder;

  /**
   * A layer's dtype says how it computes; a cast's is what it casts to, in a .h5 without module.
   */
  @Test
  void aCastKeepsItsType() {
    Map<String, Object> config = Map.of("name", "cast", "dtype", "int32");
    for (String module : List.of("keras.src.ops.core", "")) {
      Map<String, Object> item = new HashMap<>(Map.of("class_name", "Cast", "config", config));
      if (!module.isEmpty()) {
        item.put("module", module);
      }
      assertThat(FiledLayer.read(Config.of(item, "file"), 3).config())
          .isEqualTo(Map.of("dtype", "int32"));
    }
    Map<String, Object> relu = Map.of("name", "r", "trainable", true, "dtype", "float32");
    Config layer = Config.of(Map.of("class_name", "ReLU", "config", relu), "file");
    assertThat(FiledLayer.read(layer, 3).config()).doesNotContainKey("dtype");
  }

  @Test
  void keras1WordsAreTranslated() {
    Model model =
        open(
            "{'class_name': 'Sequential', 'keras_version': '1.2.2', 'config': ["
                + "{'class_name': 'Convolution2D', 'config': {'name': 'conv', 'nb_filter': 6,"
                + " 'nb_row': 3, 'nb_col': 2, 'border_mode': 'same', 'subsample': [2, 1],"
                + " 'dim_ordering': 'th', 'init': 'glorot_uniform', 'bias': false, 'activation':"
                + " 'relu', 'W_regularizer': {'name': 'WeightRegularizer', 'l1': 0.0, 'l2': 0.5},"
                + " 'b_regularizer': null, 'W_constraint': {'name': 'MaxNorm', 'm': 3, 'axis': 0},"
                + " 'b_constraint': null, 'activity_regularizer': null, 'input_dtype': 'float32',"
                + " 'batch_input_shape': [null, 5, 8, 8], 'trainable': true}},"
                + "{'class_name': 'Flatten', 'config': {'name': 'flat', 'trainable': true}},"
                + "{'class_name': 'Dropout', 'config': {'name': 'drop', 'p': 0.25}},"
                + "{'class_name': 'Dense', 'config': {'name': 'out', 'output_dim': 3, 'init':"
                + " 'uniform', 'activation': 'softmax', 'input_dim': 192, 'bias': true}}]}");
    assertThat(model.layer("conv").layer().config())
        .containsEntry("filters", 6)
        .containsEntry("kernel_size", List.of(3, 2))
        .containsEntry("strides", List.of(2, 1))
        .containsEntry("padding", "same")
        .containsEntry("data_format", "channels_first")
        .containsEntry("use_bias", false);
    assertThat(model.layer("conv").layer().config().get("kernel_regularizer").toString())
        .contains("L1L2", "l2=0.5");
    assertThat(model.layer("conv").layer().config().get("kernel_constraint").toString())
        .contains("MaxNorm", "max_value=3.0");
    assertThat(model.layer("flat").layer().config())
        .as("Keras 1 flattened as the data lay")
        .containsEntry("data_format", "channels_last");
    assertThat(model.layer("drop").layer().config()).containsEntry("rate", 0.25);
    assertThat(model.layer("out").layer().config().get("kernel_initializer").toString())
        .contains("RandomUniform", "maxval=0.05");
    assertThat(model.specs().get(Ref.of("out")).toString()).isEqualTo("(None, 3)");
    assertThat(model.inputs()).containsExactly(Ref.of("conv_input"));
  }

  @Test
  void aNetworkInKeras2sWordsIsRead() {
    Model model =
        open(
            functional(
                dense("twice", "[[['in', 0, 0, {}]], [['twice', 0, 0, {}]]]"),
                "{'class_name': 'Add', 'name': 'sum', 'config': {'name': 'sum', 'trainable': true},"
                    + " 'inbound_nodes': [[['twice', 0, 0, {}], ['twice', 1, 0, {}]]]}",
                "'sum'"));
    assertThat(model.uses()).extracting(Use::layer).containsExactly("in", "twice", "twice", "sum");
    assertThat(model.uses().get(3).inputs())
        .containsExactly(new Ref("twice", 0, 0), new Ref("twice", 1, 0));
  }

  @Test
  void theOrderOfLayersInTheFileDoesNotMatter() {
    Model model =
        open(
            functional(
                dense("b", "[[['a', 0, 0, {}]]]"), dense("a", "[[['in', 0, 0, {}]]]"), "'b'"));
    assertThat(model.uses()).extracting(Use::layer).containsExactly("in", "a", "b");
    assertThat(model.layers()).extracting(Model.Entry::name).containsExactly("in", "b", "a");
  }

  @Test
  void trainingSaidInACallCountsInKeras2Alone() {
    String call = "[[['in', 0, 0, {'training': false}]]]";
    String two = functional(dense("a", call), dense("b", "[[['a', 0, 0, {}]]]"), "'b'");
    assertThat(open(two).uses().get(1).arguments()).isEqualTo(Map.of("training", false));
    String three =
        two.replace(
            call,
            "[{'args': [{'class_name': '__keras_tensor__', 'config': {'shape': [null, 4],"
                + " 'dtype': 'float32', 'keras_history': ['in', 0, 0]}}], 'kwargs': {'training':"
                + " false, 'mask': null}}]");
    assertThat(open(three.replace("2.18.0", "3.15.0")).uses().get(1).arguments()).isEmpty();
  }

  @Test
  void argumentsThatAreNoTensorsKeepTheirPlace() {
    CallReader reader = new CallReader(java.util.Set.of("a", "b"), 3);
    CallReader.Call call =
        reader.read(
            dev.graft.config.Config.parse(
                ("{'args': [2.0, {'class_name': '__keras_tensor__', 'config': {'keras_history':"
                        + " ['b', 1, 0]}}, [{'class_name': '__slice__', 'config': {'start': null,"
                        + " 'stop': 1, 'step': null}}, {'class_name': '__ellipsis__', 'config':"
                        + " {}}]], 'kwargs': {'axis': -1, 'other': {'class_name':"
                        + " '__keras_tensor__', 'config': {'keras_history': ['a', 0, 2]}}}}")
                    .replace('\'', '"'),
                "test"));
    assertThat(call.inputs()).containsExactly(new Ref("b", 1, 0), new Ref("a", 0, 2));
    assertThat(call.arguments().get("other")).isEqualTo(new Use.Input(1));
    assertThat(call.arguments().get("axis")).isEqualTo(-1);
    assertThat(call.arguments().get("args").toString())
        .isEqualTo("[2.0, Input[index=0], [{start=null, stop=1, step=null}, ...]]");
  }

  @Test
  void anUnbuiltSequentialNeedsAnInput() throws IOException {
    Path file =
        write(
            "{'class_name': 'Sequential', 'keras_version': '2.18.0', 'config': {'name': 's',"
                + " 'layers': [{'class_name': 'Dense', 'config': {'name': 'out', 'units': 2}}]}}");
    assertThatThrownBy(() -> KerasFile.open(file, Layers.standard()))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            file
                + ": the Sequential model was saved before it was built, and its first layer 'out'"
                + " does not say what goes in. Give the input's shape, as in --input 28,28,1.");
    Model model = KerasFile.open(file, Layers.standard(), Spec.floats(-1, 7)).model();
    assertThat(((InputLayer) model.layers().get(0).layer()).spec().size(1)).isEqualTo(7);
  }

  @Test
  void whatIsNotUnderstoodIsRefusedByName() throws IOException {
    refused(
        dense("a", "[[['in', 0, 0, {}]]]").replace("'units'", "'colour': 4, 'units'"),
        SettingException.class,
        "layer 'a' (Dense): 'colour' is not known here.");
    refused(
        dense("a", "[[['in', 0, 0, {}]]]").replace("'Dense'", "'Dens'"),
        UnsupportedException.class,
        "layer 'a' (Dens): Graft has no layer 'Dens'. Did you mean 'Dense'?");
    refused(
        dense("a", "[[['in', 0, 0, {}]]]").replace("'Dense'", "'Lambda'"),
        UnsupportedException.class,
        "layer 'a' (Lambda): a Lambda holds Python code, which Graft does not run. Register a"
            + " layer in Java for it: Layers.with(\"Lambda:a\", reader).");
    refused(
        dense("a", "[[['gone', 0, 0, {}]]]"),
        MalformedFileException.class,
        "there is no layer 'gone' to take a tensor from.");
    refused(
        dense("a", "[[['in', 3, 0, {}]]]"),
        MalformedFileException.class,
        "layer 'a' is called on node 3 of layer 'in', which is not there. The file is damaged.");
    refused(
        dense("a", "[[['a', 0, 0, {}]]]"),
        MalformedFileException.class,
        "the layers 'a' wait for each other in a circle. The file is damaged.");
    refused(
        dense("a", "[]"),
        MalformedFileException.class,
        "layer 'a' is never called. The file is damaged.");
    refused(
        dense("a", "[[['in', 0, 0, {}]]]").replace("'inbound_nodes'", "'cake': 1, 'inbound_nodes'"),
        SettingException.class,
        "config.layers[1]: 'cake' is not known here.");
  }

  @Test
  void aSubclassedNetworkIsRefused() throws IOException {
    Path file = write("{'class_name': 'MyNet', 'config': {}, 'keras_version': '2.4.0'}");
    assertThatThrownBy(() -> KerasFile.open(file, Layers.standard()))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("of class 'MyNet', whose Python code Graft does not run");
  }

  @Test
  void somethingElseIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("text.h5"), "hello");
    assertThatThrownBy(() -> KerasFile.open(text, Layers.standard()))
        .isInstanceOf(MalformedFileException.class)
        .hasMessage(
            text
                + ": expected a Keras file (.h5, .keras or architecture .json), found something"
                + " else. Name a file that Keras saved.");
    Path none = folder.resolve("none.h5");
    assertThatThrownBy(() -> KerasFile.open(none, Layers.standard()))
        .isInstanceOf(DataException.class)
        .hasMessage(none + ": there is no such file. Check the path.");
    Path weights = Path.of("src/test/resources/goldens/layouts/plain.tf_keras.only.h5");
    assertThatThrownBy(() -> KerasFile.open(weights, Layers.standard()))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("it holds weights alone");
  }

  @Test
  void olderOptimizersAreSaidInNewWords() {
    CompileSettings read =
        CompileReader.read(
            Map.of(
                "optimizer_config",
                Map.of(
                    "class_name",
                    "Adam",
                    "config",
                    Map.of("lr", 0.5, "decay", 0.1, "amsgrad", false, "epsilon", 1e-7)),
                "loss",
                "mse",
                "metrics",
                List.of(
                    Map.of(
                        "class_name",
                        "MeanMetricWrapper",
                        "config",
                        Map.of("name", "out_accuracy", "fn", "categorical_accuracy")))),
            "test");
    assertThat(read.optimizer()).isEqualTo("Adam");
    assertThat(read.optimizerConfig().get("learning_rate").toString())
        .contains("InverseTimeDecay", "initial_learning_rate=0.5", "decay_rate=0.1");
    assertThat(read.optimizerConfig()).doesNotContainKeys("lr", "decay", "amsgrad");
    assertThat(read.metrics()).isEqualTo(List.of("accuracy"));
  }

  private void refused(String layer, Class<? extends GraftException> kind, String message)
      throws IOException {
    Path file = write(functional(layer, dense("b", "[[['in', 0, 0, {}]]]"), "'b'"));
    assertThatThrownBy(() -> KerasFile.open(file, Layers.standard()))
        .as(layer)
        .isInstanceOf(kind)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  private Model open(String json) {
    try {
      return KerasFile.open(write(json), Layers.standard()).model();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Path write(String json) throws IOException {
    return Files.writeString(folder.resolve("net.json"), json.replace('\'', '"'));
  }

  private static String dense(String name, String calls) {
    return "{'class_name': 'Dense', 'name': '"
        + name
        + "', 'config': {'name': '"
        + name
        + "', 'units': 4}, 'inbound_nodes': "
        + calls
        + "}";
  }

  private static String functional(String first, String second, String output) {
    return "{'class_name': 'Functional', 'keras_version': '2.18.0', 'config': {'name': 'net',"
        + " 'layers': ["
        + INPUT
        + ", "
        + first
        + ", "
        + second
        + "], 'input_layers': [['in', 0, 0]], 'output_layers': [["
        + output
        + ", 0, 0]]}}";
  }
}
