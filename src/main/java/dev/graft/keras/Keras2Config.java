package dev.graft.keras;

import dev.graft.error.UnsupportedException;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keras 2's words, as far as Keras 3 reads them too: what a whole-model {@code .h5} holds. Source:
 * tf_keras 2.18 engine/functional.py, Keras 3.15 legacy/saving/saving_utils.py.
 */
final class Keras2Config implements ConfigDialect {
  @Override
  public Map<String, Object> layer(Model.Entry entry) {
    if (entry.layer() instanceof Nested nested) {
      return NetworkConfig.nested(entry, nested, this);
    }
    Map<String, Object> config = new LinkedHashMap<>();
    if (entry.layer() instanceof InputLayer input) {
      config.put("batch_input_shape", ConfigDialect.sizes(input.spec()));
      config.put("dtype", input.spec().dtype().keras());
      config.put("sparse", false);
      config.put("ragged", false);
      config.put("name", entry.name());
    } else {
      config.put("name", entry.name());
      config.put("trainable", entry.trainable());
      config.put("dtype", "float32");
      config.putAll(words(entry));
    }
    return thing(entry.layer().className(), config);
  }

  private static Map<String, Object> words(Model.Entry entry) {
    Map<String, Object> config = new LinkedHashMap<>(entry.layer().config());
    if (config.containsValue("hard_sigmoid")) {
      throw new UnsupportedException(
          "layer '"
              + entry.name()
              + "' ("
              + entry.layer().className()
              + ") uses Keras 3's hard_sigmoid, which Keras 2 computes otherwise. Write a .keras"
              + " archive.");
    }
    config.replaceAll(
        (key, value) ->
            value != null && value.equals("hard_sigmoid_keras2") ? "hard_sigmoid" : value);
    Keras2Dialect.translate(entry.layer().className(), config);
    return config;
  }

  @Override
  public Object call(Model.Entry entry, Use use, Map<Ref, Spec> specs) {
    CallArguments arguments = new CallArguments(use);
    Map<String, Object> kwargs = arguments.kwargs(i -> plain(use.inputs().get(i)));
    List<Object> tensors = new ArrayList<>();
    for (int i : arguments.positional()) {
      List<Object> tensor = new ArrayList<>(plain(use.inputs().get(i)));
      tensor.add(kwargs);
      tensors.add(tensor);
    }
    return tensors;
  }

  private static List<Object> plain(Ref ref) {
    return List.of(ref.layer(), ref.node(), ref.tensor());
  }

  /** Keras 2 gives every network a node when it is made. */
  @Override
  public int node(Nested nested, int node, boolean end) {
    return node + 1;
  }

  @Override
  public Object ends(List<Ref> refs) {
    return refs.stream().map(Keras2Config::plain).toList();
  }

  @Override
  public Map<String, Object> network(Model model, Map<String, Object> config) {
    return thing(model.form() == Model.Form.SEQUENTIAL ? "Sequential" : "Functional", config);
  }

  private static Map<String, Object> thing(String className, Map<String, Object> config) {
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("class_name", className);
    whole.put("config", config);
    return whole;
  }
}
