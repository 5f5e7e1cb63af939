package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.error.MalformedFileException;
import dev.graft.layers.Ref;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads one entry of {@code inbound_nodes}: on which tensors, and with which arguments, a layer was
 * called. Three generations of forms are known:
 *
 * <ul>
 *   <li>Keras 1 and 2: {@code [["a", 0, 0], ["b", 0, 0, {kwargs}]]}
 *   <li>tf_keras, for operations: {@code ["a", 0, 0, {kwargs}]}, with {@code ["b", 0, 0]} inside
 *       the kwargs where a tensor stands
 *   <li>Keras 3: {@code {"args": [{"class_name": "__keras_tensor__", …}, 1.0], "kwargs": {…}}}
 * </ul>
 */
final class CallReader {
  private final Set<String> layers;
  private final int generation;

  /**
   * @param layers names of the model's layers, which tell a tensor from a list of three values
   */
  CallReader(Set<String> layers, int generation) {
    this.layers = layers;
    this.generation = generation;
  }

  /**
   * A call as the file has it.
   *
   * @param inputs tensors, with node numbers as the file counts them
   * @param arguments keyword arguments; positional ones under {@code args} when some are no tensors
   */
  record Call(List<Ref> inputs, Map<String, Object> arguments) {}

  Call read(Config node) {
    Reading reading = new Reading();
    if (node.isObject()) {
      return reading.keras3(node);
    }
    return isTensor(node.plain())
        ? reading.older(List.of(node), node)
        : reading.older(node.items(), node);
  }

  /** {@code ["name", 0, 0]} or {@code ["name", 0, 0, {kwargs}]}. */
  private boolean isTensor(Object value) {
    return value instanceof List<?> list
        && (list.size() == 3 || list.size() == 4)
        && list.get(0) instanceof String name
        && layers.contains(name)
        && list.get(1) instanceof Integer
        && list.get(2) instanceof Integer
        && (list.size() == 3 || list.get(3) instanceof Map<?, ?>);
  }

  /** The state of reading one call. */
  private final class Reading {
    private final List<Ref> inputs = new ArrayList<>();
    private final Map<String, Object> arguments = new LinkedHashMap<>();

    Call older(List<Config> tensors, Config node) {
      List<Object> args = new ArrayList<>();
      Map<String, Object> kwargs = Map.of();
      boolean constants = false;
      for (Config tensor : tensors) {
        List<?> parts = (List<?>) list(tensor);
        if (parts.size() < 3 || !(parts.get(0) instanceof String name)) {
          throw tensor.wrong("[layer, node, tensor]");
        }
        if (name.equals("_CONSTANT_VALUE")) {
          constants = true;
          args.add(parts.get(2));
        } else {
          args.add(add(name, parts.get(1), parts.get(2), tensor));
        }
        if (parts.size() > 3 && parts.get(3) instanceof Map<?, ?> map) {
          kwargs = Dialect.text(map);
        }
      }
      if (constants) {
        arguments.put("args", args);
      }
      kwargs.forEach((key, value) -> argument(key, value, node));
      return new Call(inputs, arguments);
    }

    Call keras3(Config node) {
      Object args = node.get("args").plain();
      Object kwargs = node.has("kwargs") ? node.get("kwargs").plain() : Map.of();
      node.done();
      if (!(args instanceof List<?> list) || !(kwargs instanceof Map<?, ?> map)) {
        throw node.wrong("lists 'args' and an object 'kwargs'");
      }
      Object positional = tensors(list, node);
      if (!onlyTensors(positional)) {
        arguments.put("args", positional);
      }
      Dialect.text(map).forEach((key, value) -> argument(key, value, node));
      return new Call(inputs, arguments);
    }

    private void argument(String key, Object value, Config node) {
      if (value == null && (key.equals("training") || key.equals("name"))) {
        return;
      }
      // A Keras 3 network hands its own mode to every layer, whatever the call said.
      if (key.equals("training") && generation >= 3) {
        return;
      }
      arguments.put(key, tensors(value, node));
    }

    /** {@code value} with tensors replaced by their place among the inputs. */
    private Object tensors(Object value, Config node) {
      if (value instanceof List<?> list) {
        if (generation <= 2 && isTensor(list)) {
          return add((String) list.get(0), list.get(1), list.get(2), node);
        }
        List<Object> result = new ArrayList<>();
        list.forEach(item -> result.add(tensors(item, node)));
        return result;
      }
      if (!(value instanceof Map<?, ?> raw)) {
        return value;
      }
      Map<String, Object> map = Dialect.text(raw);
      if (map.get("class_name") instanceof String className
          && map.get("config") instanceof Map<?, ?> config) {
        return special(className, Dialect.text(config), map, node);
      }
      map.replaceAll((key, item) -> tensors(item, node));
      return map;
    }

    private Object special(
        String className, Map<String, Object> config, Map<String, Object> whole, Config node) {
      return switch (className) {
        case "__keras_tensor__" -> {
          if (!(config.get("keras_history") instanceof List<?> history) || history.size() != 3) {
            throw node.wrong("tensors with a keras_history [layer, node, tensor]");
          }
          yield add(history.get(0), history.get(1), history.get(2), node);
        }
        case "__slice__" -> {
          config.replaceAll((key, item) -> tensors(item, node));
          yield config;
        }
        case "__numpy__", "__tensor__" -> config.get("value");
        case "__ellipsis__" -> "...";
        default -> whole;
      };
    }

    private Use.Input add(Object name, Object node, Object tensor, Config where) {
      if (!(name instanceof String layer)
          || !(node instanceof Integer n)
          || !(tensor instanceof Integer t)
          || n < 0
          || t < 0) {
        throw where.wrong("[layer, node, tensor]");
      }
      if (!layers.contains(layer)) {
        throw new MalformedFileException(
            where.where() + ": there is no layer '" + layer + "' to take a tensor from.");
      }
      inputs.add(new Ref(layer, n, t));
      return new Use.Input(inputs.size() - 1);
    }

    private Object list(Config tensor) {
      Object value = tensor.plain();
      if (!(value instanceof List<?>)) {
        throw tensor.wrong("[layer, node, tensor]");
      }
      return value;
    }
  }

  private static boolean onlyTensors(Object value) {
    return value instanceof Use.Input
        || (value instanceof List<?> list && list.stream().allMatch(CallReader::onlyTensors));
  }
}
