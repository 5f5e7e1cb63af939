package dev.graft.keras;

import dev.graft.error.UnsupportedException;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
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
      Set.of("MultiHeadAttention", "GroupedQueryAttention", "GroupQueryAttention");

  private final Map<String, Object> compile;

  /**
   * @param compile Keras 3's {@code compile_config}; empty for a network that is not compiled
   */
  Keras3Config(Map<String, Object> compile) {
    this.compile = compile;
  }

  @Override
  public Map<String, Object> layer(Model.Entry entry) {
    if (entry.layer() instanceof Nested nested) {
      return NetworkConfig.nested(entry, nested, this);
    }
    Map<String, Object> config = new LinkedHashMap<>();
    if (ConfigDialect.isInput(entry)) {
      config.putAll(entry.layer().config());
      config.put("name", entry.name());
    } else {
      config.put("name", entry.name());
      config.put("trainable", entry.trainable());
      config.put("dtype", thing("keras", "DTypePolicy", Map.of("name", "float32")));
      config.putAll(words(entry));
    }
    return thing("keras.layers", entry.layer().className(), config);
  }

  private static Map<String, Object> words(Model.Entry entry) {
    Map<String, Object> config = new LinkedHashMap<>(entry.layer().config());
    config.remove("sample_variance");
    if (config.containsValue("hard_sigmoid_keras2")) {
      throw new UnsupportedException(
          "layer '"
              + entry.name()
              + "' ("
              + entry.layer().className()
              + ") uses the hard_sigmoid of Keras 1 and 2, which Keras 3 does not have. Write a"
              + " whole-model .h5.");
    }
    return config;
  }

  @Override
  public Object call(Model.Entry entry, Use use, Map<Ref, Spec> specs) {
    CallArguments arguments = new CallArguments(use);
    List<Object> args = new ArrayList<>();
    if (arguments.mixed()) {
      args.addAll((List<?>) arguments.args(i -> tensor(use.inputs().get(i), specs)));
    } else {
      List<Object> tensors = new ArrayList<>();
      arguments.positional().forEach(i -> tensors.add(tensor(use.inputs().get(i), specs)));
      if (tensors.size() == 1 || ONE_BY_ONE.contains(entry.layer().className())) {
        args.addAll(tensors);
      } else {
        args.add(tensors);
      }
    }
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("args", args);
    node.put("kwargs", arguments.kwargs(i -> tensor(use.inputs().get(i), specs)));
    return node;
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

  /**
   * Keras 3 counts the node that a functional network gets when it is made in its outputs alone.
   */
  @Override
  public int node(Nested nested, int node, boolean end) {
    return end && nested.model().form() == Model.Form.FUNCTIONAL ? node + 1 : node;
  }

  @Override
  public Object ends(List<Ref> refs) {
    List<List<Object>> all =
        refs.stream().map(ref -> List.<Object>of(ref.layer(), ref.node(), ref.tensor())).toList();
    return all.size() == 1 ? all.get(0) : all;
  }

  @Override
  public Map<String, Object> network(Model model, Map<String, Object> config) {
    boolean sequential = model.form() == Model.Form.SEQUENTIAL;
    Map<String, Object> whole =
        sequential
            ? thing("keras", "Sequential", config)
            : thing("keras.src.models.functional", "Functional", config);
    whole.put("registered_name", sequential ? null : "Functional");
    if (sequential) {
      whole.put("build_config", Map.of("input_shape", config.get("build_input_shape")));
    }
    whole.put("compile_config", compile);
    return whole;
  }

  static Map<String, Object> thing(String module, String className, Map<String, Object> config) {
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("module", module);
    whole.put("class_name", className);
    whole.put("config", config);
    whole.put("registered_name", null);
    return whole;
  }
}
