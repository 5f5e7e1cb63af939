package dev.graft.keras;

import dev.graft.error.UnsupportedException;
import dev.graft.layers.KerasObject;
import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Operation;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keras 3's words, as {@code .keras} archives hold them. Source: Keras 3.15 models/functional.py.
 */
final class Keras3Config implements ConfigDialect {
  /** Layers whose call takes its tensors one by one rather than in a list. */
  private static final Set<String> ONE_BY_ONE =
      Set.of("MultiHeadAttention", "Softmax", "GroupedQueryAttention", "GroupQueryAttention");

  /** Layers that take the state they begin with by name. */
  private static final Set<String> RECURRENT =
      Set.of(
          "LSTM",
          "GRU",
          "SimpleRNN",
          "RNN",
          "Bidirectional",
          "ConvLSTM1D",
          "ConvLSTM2D",
          "ConvLSTM3D");

  /** Layers that cannot be told, when they are made, whether they train. */
  static final Set<String> WITHOUT_FLAG =
      Set.of("Discretization", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D");

  private final Map<String, Object> compile;

  /**
   * @param compile Keras 3's {@code compile_config}; empty for a network that is not compiled, null
   *     for one inside another
   */
  Keras3Config(Map<String, Object> compile) {
    this.compile = compile;
  }

  @Override
  public Map<String, Object> layer(Model.Entry entry, List<Spec> inputs) {
    Model nested = ConfigDialect.nested(entry);
    if (nested != null) {
      return NetworkConfig.of(nested, entry.trainable(), new Keras3Config(null));
    }
    Layer layer = entry.layer();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("name", entry.name());
    if (ConfigDialect.isInput(entry)) {
      config.putAll(layer.config());
      config.put("name", entry.name());
    } else if (layer instanceof Operation) {
      config.putAll(LayerWords.of(entry, this));
    } else {
      if (!WITHOUT_FLAG.contains(layer.className())) {
        config.put("trainable", entry.trainable());
      }
      config.put("dtype", KerasObject.of("keras", "DTypePolicy", Map.of("name", "float32")));
      config.putAll(LayerWords.of(entry, this));
    }
    Map<String, Object> whole = KerasObject.of(layer.module(), layer.className(), config);
    if (layer instanceof Operation) {
      whole.put("registered_name", layer.className());
    }
    return whole;
  }

  @Override
  public Map<String, Object> inner(Model.Entry entry) {
    return layer(entry, List.of());
  }

  @Override
  public void translate(String className, Map<String, Object> config, String where) {
    config.remove("sample_variance");
    config.remove("every_mask");
    if (config.containsValue("hard_sigmoid_keras2")) {
      throw new UnsupportedException(
          where
              + " uses the hard_sigmoid of Keras 1 and 2, which Keras 3 does not have. Write a"
              + " whole-model .h5.");
    }
    if (className.equals("Normalization") && config.get("axis") instanceof List<?> axes) {
      // Without an axis there is one mean, which Keras 3 wants as a number.
      if (axes.isEmpty() && config.get("mean") instanceof List<?> mean) {
        config.put("mean", mean.get(0));
        config.put("variance", ((List<?>) config.get("variance")).get(0));
      }
    }
    if (className.endsWith("OpLambda")) {
      throw new UnsupportedException(
          where
              + " is tf_keras's function '"
              + config.get("function")
              + "', which Keras 3 does not read. Write a whole-model .h5.");
    }
  }

  @Override
  public Object call(Model model, Use use, Map<Ref, Spec> specs) {
    Layer layer = model.layer(use.layer()).layer();
    CallArguments arguments = new CallArguments(use);
    Map<String, Object> kwargs = arguments.kwargs(i -> tensor(use.inputs().get(i), specs));
    List<Object> args = new ArrayList<>();
    if (arguments.mixed()) {
      args.addAll((List<?>) arguments.args(i -> tensor(use.inputs().get(i), specs)));
    } else {
      List<Object> tensors = new ArrayList<>();
      arguments.positional().forEach(i -> tensors.add(tensor(use.inputs().get(i), specs)));
      if (RECURRENT.contains(layer.className()) && tensors.size() > 1) {
        args.add(tensors.get(0));
        kwargs.put("initial_state", tensors.subList(1, tensors.size()));
      } else if (tensors.size() == 1 || oneByOne(layer)) {
        args.addAll(tensors);
      } else {
        args.add(tensors);
      }
    }
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("args", layer instanceof Operation op ? Keras3Values.args(args, op) : args);
    node.put("kwargs", layer instanceof Operation ? Keras3Values.kwargs(kwargs) : kwargs);
    return node;
  }

  private static boolean oneByOne(Layer layer) {
    return layer instanceof Operation operation
        ? operation.className().equals("Einsum") || !operation.parameters().get(0).endsWith("*")
        : ONE_BY_ONE.contains(layer.className());
  }

  private static Map<String, Object> tensor(Ref ref, Map<Ref, Spec> specs) {
    Spec spec = specs.get(ref);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("shape", ConfigDialect.sizes(spec));
    config.put("dtype", spec.dtype().keras());
    config.put("keras_history", List.of(ref.layer(), ref.node(), ref.tensor()));
    Map<String, Object> tensor = new LinkedHashMap<>();
    tensor.put("class_name", "__keras_tensor__");
    tensor.put("config", config);
    return tensor;
  }

  @Override
  public Object ends(Model model, List<Ref> refs) {
    List<List<Object>> all = refs.stream().map(ref -> end(model, ref)).toList();
    return all.size() == 1 ? all.get(0) : all;
  }

  /** Here alone Keras 3 counts the calls of a nested functional network from 1. */
  private static List<Object> end(Model model, Ref ref) {
    boolean counted =
        model.layer(ref.layer()).layer() instanceof Nested nested
            && nested.model().form() == Model.Form.FUNCTIONAL;
    return List.of(ref.layer(), ref.node() + (counted ? 1 : 0), ref.tensor());
  }

  @Override
  public Map<String, Object> network(Model model, Map<String, Object> config) {
    boolean sequential = model.form() == Model.Form.SEQUENTIAL;
    Map<String, Object> whole =
        sequential
            ? KerasObject.of("keras", "Sequential", config)
            : KerasObject.of("keras.src.models.functional", "Functional", config);
    whole.put("registered_name", sequential ? null : "Functional");
    if (sequential) {
      whole.put("build_config", Map.of("input_shape", config.get("build_input_shape")));
    }
    if (compile != null) {
      whole.put("compile_config", compile);
    }
    return whole;
  }
}
