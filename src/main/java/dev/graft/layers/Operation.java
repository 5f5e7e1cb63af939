package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A function used as a layer: Keras 3's operation nodes ({@code Add}, {@code GetItem}, {@code
 * Relu6}, …) and tf_keras's TFOpLambda and SlicingOpLambda ({@code math.multiply}, …).
 *
 * <p>Its arguments are those of the use: keywords by name, and, when positional arguments are more
 * than the tensors in their order, all of them under {@code args}. A tensor stands as {@link
 * Use.Input}; a slice as an object with {@code start}, {@code stop} and {@code step}; an ellipsis
 * as {@code "..."}; a constant as nested lists. Settings that Keras 3 keeps in the operation itself
 * (such as {@code axis}) come from its config.
 *
 * @param className Keras's class: the operation's own, TFOpLambda or SlicingOpLambda
 * @param function the name under which {@link Operations} knows it
 * @param settings arguments fixed in the config, by name
 */
public record Operation(String className, String function, Map<String, Object> settings)
    implements ArgumentShaped {
  /** Copies the settings. */
  public Operation {
    settings = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** True for tf_keras's, which are layers among others; Keras 3 does not count its own. */
  public boolean isLayer() {
    return className.equals("TFOpLambda") || className.equals("SlicingOpLambda");
  }

  /** A Keras 3 operation with its settings. */
  static Operation read(String className, Config c) {
    Operations.Entry entry = Operations.STANDARD.get(className);
    Map<String, Object> settings = new LinkedHashMap<>();
    c.ignore("name");
    for (String key : c.keys()) {
      if (entry.names().contains(key)) {
        Object value = c.contains(key) && c.has(key) ? c.get(key).plain() : null;
        settings.put(key, value);
      }
    }
    return new Operation(className, className, settings);
  }

  /** A tf_keras operation, whose config names the function. */
  static Operation readFunction(String className, Config c) {
    String function = c.string("function");
    if (!Operations.STANDARD.containsKey(function)) {
      throw new UnsupportedException(
          c.where("function")
              + ": Graft has no function '"
              + function
              + "'."
              + Nearest.hint(function, Operations.STANDARD.keySet())
              + " A layer that does the same is registered with Layers.with(\""
              + className
              + ":"
              + function
              + "\", reader).");
    }
    return new Operation(className, function, Map.of());
  }

  /** The names of its arguments in order; the first ends in {@code *} when it is a list. */
  public List<String> parameters() {
    return entry().names();
  }

  private Operations.Entry entry() {
    return Operations.STANDARD.get(function);
  }

  @Override
  public String module() {
    return className.endsWith("OpLambda") ? "keras.layers" : entry().module();
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs, Map<String, Object> arguments) {
    return entry().op().outputs(OpArguments.bind(this, entry().names(), inputs, arguments));
  }

  @Override
  public List<Value> call(Call call) {
    return entry()
        .op()
        .emit(
            call,
            OpArguments.bind(this, entry().names(), call.specs(), call.arguments()).over(call));
  }

  @Override
  public Map<String, Object> config() {
    if (className.endsWith("OpLambda")) {
      return Map.of("function", function);
    }
    return settings;
  }
}
