package dev.graft.explain;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the tensors an explanation is about. */
final class Logits {
  private static final Set<String> LAST = Set.of("softmax", "sigmoid");

  private Logits() {}

  /**
   * The model with its score before the last softmax or sigmoid as its only output: the gradient of
   * a probability near 1 is near 0, that of the score is not.
   */
  static Model of(Model model, Layers layers) {
    if (model.inputs().size() != 1 || model.outputs().size() != 1) {
      throw new UnsupportedException(
          "model '"
              + model.name()
              + "': explanations are for models with one input and one output, this one has "
              + model.inputs().size()
              + " and "
              + model.outputs().size()
              + ". Cut the model to the output of interest.");
    }
    Ref output = model.outputs().get(0);
    Model.Entry last = model.layer(output.layer());
    Map<String, Object> config = new LinkedHashMap<>(last.layer().config());
    String name = last.layer().className();
    boolean alone =
        name.equals("Softmax") || (name.equals("Activation") && ends(config.get("activation")));
    if (alone) {
      return with(model, use(model, output).inputs().get(0));
    }
    if (!ends(config.get("activation"))) {
      return model;
    }
    config.put("activation", "linear");
    Model.Entry bare =
        new Model.Entry(
            last.name(), last.trainable(), layers.read(name, Config.of(config, last.name())));
    return model.map(entry -> entry.name().equals(last.name()) ? bare : entry);
  }

  private static boolean ends(Object activation) {
    return activation instanceof String text && LAST.contains(text);
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
   * shape (normalisation, activation, sum).
   */
  static Ref lastMap(Model model) {
    Map<Ref, Spec> specs = model.specs();
    Ref map = null;
    for (Use use : model.uses()) {
      Ref ref = new Ref(use.layer(), use.node(), 0);
      Spec spec = specs.get(ref);
      boolean convolution = model.layer(use.layer()).layer().className().contains("Conv");
      boolean keeps =
          map != null && use.inputs().contains(map) && spec.shape().equals(specs.get(map).shape());
      if (spec.rank() == 4 && (convolution || keeps)) {
        map = ref;
      }
    }
    if (map == null) {
      throw new UnsupportedException(
          "model '"
              + model.name()
              + "': Grad-CAM needs a convolution with height and width, and there is none. Use"
              + " integrated gradients.");
    }
    return map;
  }
}
