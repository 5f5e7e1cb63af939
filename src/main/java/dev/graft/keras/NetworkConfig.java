package dev.graft.keras;

import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keras's config of a network, as plain data. */
final class NetworkConfig {
  private NetworkConfig() {}

  /** {@code model} in the words of {@code dialect}. */
  static Map<String, Object> of(Model model, ConfigDialect dialect) {
    return of(model, true, dialect);
  }

  /** A network that is a layer of another, frozen or not. */
  static Map<String, Object> of(Model model, boolean trainable, ConfigDialect dialect) {
    return dialect.network(
        model,
        model.form() == Model.Form.SEQUENTIAL
            ? sequential(model, trainable, dialect)
            : functional(model, trainable, dialect));
  }

  private static Map<String, Object> sequential(
      Model model, boolean trainable, ConfigDialect dialect) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("name", model.name());
    config.put("trainable", trainable);
    config.put("layers", layers(model, dialect));
    config.put("build_input_shape", ConfigDialect.sizes(model.specs().get(model.inputs().get(0))));
    return config;
  }

  private static List<Map<String, Object>> layers(Model model, ConfigDialect dialect) {
    Map<String, List<Spec>> inputs = model.inputSpecs();
    return model.layers().stream()
        .map(entry -> dialect.layer(entry, inputs.getOrDefault(entry.name(), List.of())))
        .toList();
  }

  private static Map<String, Object> functional(
      Model model, boolean trainable, ConfigDialect dialect) {
    Map<Ref, Spec> specs = model.specs();
    Map<String, List<Object>> calls = new LinkedHashMap<>();
    model.layers().forEach(entry -> calls.put(entry.name(), new ArrayList<>()));
    for (Use use : model.uses()) {
      if (!ConfigDialect.isInput(model.layer(use.layer()))) {
        calls.get(use.layer()).add(dialect.call(model, use, specs));
      }
    }
    List<Object> layers = new ArrayList<>();
    for (Map<String, Object> written : layers(model, dialect)) {
      String name = model.layers().get(layers.size()).name();
      Map<String, Object> layer = new LinkedHashMap<>(written);
      layer.put("name", name);
      layer.put("inbound_nodes", calls.get(name));
      layers.add(layer);
    }
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("name", model.name());
    config.put("trainable", trainable);
    config.put("layers", layers);
    config.put("input_layers", dialect.ends(model, model.inputs()));
    config.put("output_layers", dialect.ends(model, model.outputs()));
    return config;
  }
}
