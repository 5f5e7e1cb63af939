package dev.graft.keras;

import dev.graft.error.UnsupportedException;
import dev.graft.layers.InputLayer;
import dev.graft.layers.KerasObject;
import dev.graft.layers.Model;
import dev.graft.layers.MultiHeadAttention;
import dev.graft.layers.Nested;
import dev.graft.layers.Operation;
import dev.graft.layers.Ref;
import dev.graft.layers.Softmax;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keras 2's words, as far as Keras 3 reads them too: what a whole-model {@code .h5} holds. Source:
 * tf_keras 2.18 engine/functional.py and engine/node.py, Keras 3.15 legacy/saving/saving_utils.py.
 */
final class Keras2Config implements ConfigDialect {
  @Override
  public Map<String, Object> layer(Model.Entry entry, List<Spec> inputs) {
    Model nested = ConfigDialect.nested(entry);
    if (nested != null) {
      return NetworkConfig.of(nested, entry.trainable(), this);
    }
    Map<String, Object> config = new LinkedHashMap<>();
    if (entry.layer() instanceof InputLayer input) {
      config.put("batch_input_shape", ConfigDialect.sizes(input.spec()));
      config.put("dtype", input.spec().dtype().keras());
      config.put("sparse", false);
      config.put("ragged", false);
      config.put("name", entry.name());
    } else if (entry.layer() instanceof Operation operation && !operation.isLayer()) {
      // Bare, as Keras 3 writes it, so that it is not taken for a layer of that name.
      config.put("name", entry.name());
      config.putAll(operation.config());
    } else {
      config.put("name", entry.name());
      if (!Keras3Config.WITHOUT_FLAG.contains(entry.layer().className())) {
        config.put("trainable", entry.trainable());
      }
      config.put("dtype", "float32");
      config.putAll(LayerWords.of(entry, this));
      if (entry.layer().className().equals("MultiHeadAttention") && !inputs.isEmpty()) {
        shapes(config, inputs);
      }
    }
    return named(entry.layer().className(), config);
  }

  @Override
  public Map<String, Object> inner(Model.Entry entry) {
    Map<String, Object> whole = layer(entry, List.of());
    // Both Kerases find what is inside a layer by its module, which tf_keras takes for its own.
    return entry.layer() instanceof Nested
        ? whole
        : KerasObject.of(
            entry.layer().module(),
            entry.layer().className(),
            Dialect.text((Map<?, ?>) whole.get("config")));
  }

  private static Map<String, Object> named(String className, Map<String, Object> config) {
    return KerasObject.of(ClassNames.python(className), config);
  }

  /** tf_keras builds attention from the shapes in its config. */
  private static void shapes(Map<String, Object> config, List<Spec> inputs) {
    Spec value = inputs.get(Math.min(1, inputs.size() - 1));
    Spec key = inputs.size() > 2 && inputs.get(2).dtype().floating() ? inputs.get(2) : value;
    config.put("query_shape", ConfigDialect.sizes(inputs.get(0)));
    config.put("key_shape", ConfigDialect.sizes(key));
    config.put("value_shape", ConfigDialect.sizes(value));
  }

  @Override
  public void translate(String className, Map<String, Object> config, String where) {
    if (config.containsValue("hard_sigmoid")) {
      throw new UnsupportedException(
          where
              + " uses Keras 3's hard_sigmoid, which Keras 2 computes otherwise. Write a .keras"
              + " archive.");
    }
    config.replaceAll(
        (key, value) ->
            value != null && value.equals("hard_sigmoid_keras2") ? "hard_sigmoid" : value);
    Keras2Dialect.translate(className, config);
  }

  @Override
  public Object call(Model model, Use use, Map<Ref, Spec> specs) {
    Model.Entry entry = model.layer(use.layer());
    CallArguments arguments = new CallArguments(use);
    Map<String, Object> kwargs = arguments.kwargs(i -> tensor(model, use.inputs().get(i)));
    if (entry.layer() instanceof Operation operation) {
      return operation(model, use, operation, kwargs);
    }
    List<Object> tensors = new ArrayList<>();
    List<Integer> positional = arguments.positional();
    if (entry.layer() instanceof Softmax && positional.size() > 1) {
      kwargs.put("mask", tensor(model, use.inputs().get(positional.get(1))));
      positional = positional.subList(0, 1);
    }
    if (entry.layer() instanceof MultiHeadAttention) {
      List<String> names = List.of("value", "key", "attention_mask");
      for (int i = 1; i < positional.size(); i++) {
        kwargs.put(names.get(i - 1), tensor(model, use.inputs().get(positional.get(i))));
      }
      positional = positional.subList(0, 1);
    }
    for (int i : positional) {
      tensors.add(with(tensor(model, use.inputs().get(i)), kwargs));
    }
    return tensors;
  }

  /**
   * The call of an operation: its first argument alone, which may be a list or a constant, all
   * others by name.
   */
  private static Object operation(
      Model model, Use use, Operation operation, Map<String, Object> kwargs) {
    CallArguments arguments = new CallArguments(use);
    List<Object> given = new ArrayList<>();
    if (arguments.mixed()) {
      given.addAll((List<?>) arguments.args(i -> tensor(model, use.inputs().get(i))));
    } else {
      arguments.positional().forEach(i -> given.add(tensor(model, use.inputs().get(i))));
    }
    List<String> names = operation.parameters();
    if (names.get(0).endsWith("*")) {
      List<Object> tensors = new ArrayList<>();
      for (Object item : arguments.mixed() ? (List<?>) given.get(0) : given) {
        tensors.add(with(item, kwargs));
      }
      return tensors;
    }
    for (int i = 1; i < given.size(); i++) {
      kwargs.put(names.get(i), given.get(i));
    }
    return with(given.get(0), kwargs);
  }

  /** {@code ["name", 0, 0, {kwargs}]}, or a constant in the same place. */
  private static List<Object> with(Object tensor, Map<String, Object> kwargs) {
    boolean symbolic =
        tensor instanceof List<?> list && list.size() == 3 && list.get(0) instanceof String;
    List<Object> whole = new ArrayList<>();
    if (symbolic) {
      whole.addAll((List<?>) tensor);
    } else {
      whole.addAll(List.of("_CONSTANT_VALUE", -1, tensor));
    }
    whole.add(kwargs);
    return whole;
  }

  /** tf_keras counts the calls of a nested network from 1. */
  private static List<Object> tensor(Model model, Ref ref) {
    boolean nested = model.layer(ref.layer()).layer() instanceof Nested;
    return List.of(ref.layer(), ref.node() + (nested ? 1 : 0), ref.tensor());
  }

  @Override
  public Object ends(Model model, List<Ref> refs) {
    return refs.stream().map(ref -> tensor(model, ref)).toList();
  }

  @Override
  public Map<String, Object> network(Model model, Map<String, Object> config) {
    boolean sequential = model.form() == Model.Form.SEQUENTIAL;
    return named(sequential ? "Sequential" : "Functional", config);
  }
}
