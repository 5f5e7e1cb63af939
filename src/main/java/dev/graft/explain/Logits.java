package dev.graft.explain;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.error.UnsupportedException;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import dev.graft.model.Inlining;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an explanation is about: a model that ends in the scores of its classes, and what made
 * probabilities of them.
 *
 * @param model without its last softmax or sigmoid, and without models inside
 * @param activation {@code softmax}, {@code sigmoid}, or null when the model gives scores itself
 */
record Logits(Model model, String activation) {
  private static final Set<String> LAST = Set.of("softmax", "sigmoid");

  /** Takes the last softmax or sigmoid off. */
  static Logits of(Model whole, Layers layers) {
    if (whole.inputs().size() != 1 || whole.outputs().size() != 1) {
      throw new UnsupportedException(
          "model '"
              + whole.name()
              + "': explanations are for models with one input and one output, this one has "
              + whole.inputs().size()
              + " and "
              + whole.outputs().size()
              + ". Cut the model to the output of interest.");
    }
    Model model = Inlining.of(whole);
    Ref output = model.outputs().get(0);
    Model.Entry last = model.layer(output.layer());
    if (last.layer().className().equals("Softmax")) {
      return new Logits(with(model, use(model, output).inputs().get(0)), "softmax");
    }
    if (!(last.layer().config().get("activation") instanceof String activation)
        || !LAST.contains(activation)) {
      return new Logits(model, null);
    }
    if (last.layer().className().equals("Activation")) {
      return new Logits(with(model, use(model, output).inputs().get(0)), activation);
    }
    Map<String, Object> config = new LinkedHashMap<>(last.layer().config());
    config.put("activation", "linear");
    Model.Entry bare =
        new Model.Entry(
            last.name(),
            last.trainable(),
            layers.read(last.layer().className(), Config.of(config, last.name())));
    return new Logits(
        model.map(entry -> entry.name().equals(last.name()) ? bare : entry), activation);
  }

  private static Model with(Model model, Ref output) {
    return new Model(
        model.name(), model.form(), model.layers(), model.uses(), model.inputs(), List.of(output));
  }

  private static Use use(Model model, Ref ref) {
    return model.uses().stream()
        .filter(u -> u.layer().equals(ref.layer()) && u.node() == ref.node())
        .findFirst()
        .orElseThrow();
  }

  /**
   * The last feature map: what the last convolution gives, after the layers behind it that keep its
   * places (normalisation, activation, sum, concatenation). A map of a single place shows nothing
   * and is passed over.
   */
  Ref lastMap() {
    Map<Ref, Spec> specs = model.specs();
    Ref map = null;
    for (Use use : model.uses()) {
      Ref ref = new Ref(use.layer(), use.node(), 0);
      Spec spec = specs.get(ref);
      if (spec.rank() != 4 || (spec.size(1) == 1 && spec.size(2) == 1)) {
        continue;
      }
      String name = model.layer(use.layer()).layer().className();
      if (name.contains("Conv") || (map != null && keeps(use, map, name, specs))) {
        map = ref;
      }
    }
    if (map == null) {
      throw new UnsupportedException(
          "model '"
              + model.name()
              + "': Grad-CAM needs a convolution with height and width, and there is none. Use"
              + " --method integrated-gradients.");
    }
    return map;
  }

  private boolean keeps(Use use, Ref map, String name, Map<Ref, Spec> specs) {
    Spec before = specs.get(map);
    Spec after = specs.get(new Ref(use.layer(), use.node(), 0));
    boolean places = before.size(1) == after.size(1) && before.size(2) == after.size(2);
    boolean channels = before.size(3) == after.size(3) || name.equals("Concatenate");
    return use.inputs().contains(map) && places && channels;
  }

  /** The output of the layer a user named: as it is called, or by the end of {@code inner/name}. */
  Ref map(String layer) {
    List<String> names = model.layers().stream().map(Model.Entry::name).toList();
    List<String> ends = names.stream().filter(name -> name.endsWith("/" + layer)).toList();
    boolean inside = !names.contains(layer) && ends.size() == 1;
    Ref ref = Ref.of(model.layer(inside ? ends.get(0) : layer).name());
    if (model.specs().get(ref).rank() != 4) {
      throw new SettingException(
          "layer '"
              + layer
              + "': Grad-CAM needs maps with height and width, it gives "
              + model.specs().get(ref)
              + ". Name a convolution.");
    }
    return ref;
  }
}
