package dev.graft.keras;

import dev.graft.layers.Model;
import dev.graft.layers.Nested;
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
    return dialect.network(
        model,
        model.form() == Model.Form.SEQUENTIAL
            ? sequential(model, dialect)
            : functional(model, dialect));
  }

  /** A network that stands where a layer may stand. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> nested(Model.Entry entry, Nested nested, ConfigDialect dialect) {
    Map<String, Object> whole = new LinkedHashMap<>(of(nested.model(), dialect));
    Map<String, Object> config = new LinkedHashMap<>((Map<String, Object>) whole.get("config"));
    config.put("name", entry.name());
    config.put("trainable", entry.trainable());
    whole.put("config", config);
    return whole;
  }

  private static Ref numbered(Ref ref, Model model, ConfigDialect dialect, boolean end) {
    return model.layer(ref.layer()).layer() instanceof Nested nested
        ? new Ref(ref.layer(), dialect.node(nested, ref.node(), end), ref.tensor())
        : ref;
  }

  private static Map<String, Object> sequential(Model model, ConfigDialect dialect) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("name", model.name());
    config.put("trainable", true);
    config.put("layers", model.layers().stream().map(dialect::layer).toList());
    config.put("build_input_shape", ConfigDialect.sizes(model.specs().get(model.inputs().get(0))));
    return config;
  }

  private static Map<String, Object> functional(Model model, ConfigDialect dialect) {
    Map<Ref, Spec> specs = new LinkedHashMap<>();
    model.specs().forEach((ref, spec) -> specs.put(numbered(ref, model, dialect, false), spec));
    Map<String, List<Object>> calls = new LinkedHashMap<>();
    model.layers().forEach(entry -> calls.put(entry.name(), new ArrayList<>()));
    for (Use use : model.uses()) {
      Model.Entry entry = model.layer(use.layer());
      if (!ConfigDialect.isInput(entry)) {
        List<Ref> inputs =
            use.inputs().stream().map(ref -> numbered(ref, model, dialect, false)).toList();
        Use said = new Use(use.layer(), use.node(), inputs, use.arguments());
        calls.get(use.layer()).add(dialect.call(entry, said, specs));
      }
    }
    List<Object> layers = new ArrayList<>();
    for (Model.Entry entry : model.layers()) {
      Map<String, Object> layer = new LinkedHashMap<>(dialect.layer(entry));
      layer.put("name", entry.name());
      layer.put("inbound_nodes", calls.get(entry.name()));
      layers.add(layer);
    }
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("name", model.name());
    config.put("trainable", true);
    config.put("layers", layers);
    config.put("input_layers", dialect.ends(model.inputs()));
    config.put(
        "output_layers",
        dialect.ends(
            model.outputs().stream().map(ref -> numbered(ref, model, dialect, true)).toList()));
    return config;
  }
}
