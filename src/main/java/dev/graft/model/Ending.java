package dev.graft.model;

import dev.graft.layers.InputLayer;
import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where a network ends when its classifier is left out, Keras's {@code include_top=False}. */
public final class Ending {
  /** What may stand between the classes and the layer that gives them. */
  private static final Set<String> AFTER =
      Set.of(
          "Activation",
          "Softmax",
          "Reshape",
          "Flatten",
          "Dropout",
          "GlobalAveragePooling2D",
          "GlobalMaxPooling2D",
          "AveragePooling2D");

  private static final Set<String> PROBABILITIES = Set.of("softmax", "sigmoid");

  private final Model model;
  private final Map<Ref, Use> makers = new HashMap<>();
  private final Map<Ref, Spec> specs;

  private Ending(Model model) {
    this.model = model;
    this.specs = model.specs();
    model.uses().forEach(use -> makers.put(new Ref(use.layer(), use.node(), 0), use));
  }

  /**
   * The last layer before the classifier: the one Dense that gives the classes, or the convolution
   * that does so before a softmax or sigmoid, with what makes probabilities of them. The last layer
   * of all when the network has no classifier.
   */
  public static String beforeClassifier(Model model) {
    Ending ending = new Ending(model);
    return ending.features().layer();
  }

  /**
   * The last layer before the classifier that gives maps (batch, height, width, channels), which
   * can be pooled; that of {@link #beforeClassifier} when none before it does.
   */
  public static String lastMaps(Model model) {
    Ending ending = new Ending(model);
    Ref end = ending.features();
    Ref point = null;
    for (Ref ref = end; ref != null; ref = ending.before(ref)) {
      Spec spec = ending.specs.get(ref);
      if (spec.rank() == 4 && (spec.size(1) != 1 || spec.size(2) != 1)) {
        return ref.layer();
      }
      // Pooled maps that are still written as maps; or those of a small picture.
      point = point == null && spec.rank() == 4 ? ref : point;
    }
    return point == null ? end.layer() : point.layer();
  }

  private Ref features() {
    Ref last = model.outputs().get(0);
    boolean probabilities = false;
    for (Ref ref = last; ref != null; ref = before(ref)) {
      Layer layer = model.layer(ref.layer()).layer();
      String name = layer.className();
      probabilities |= name.equals("Softmax") || probabilities(layer);
      if (name.equals("Dense") || (name.equals("Conv2D") && probabilities)) {
        Ref input = before(ref);
        boolean first = input == null || model.layer(input.layer()).layer() instanceof InputLayer;
        return first ? last : input;
      }
      if (!AFTER.contains(name) || !sameClasses(ref, last)) {
        return last;
      }
    }
    return last;
  }

  private static boolean probabilities(Layer layer) {
    return layer.config().get("activation") instanceof String name && PROBABILITIES.contains(name);
  }

  /** Flattened maps are no classes, but those of one place are. */
  private boolean sameClasses(Ref ref, Ref last) {
    Spec own = specs.get(ref);
    Spec classes = specs.get(last);
    return own.size(own.rank() - 1) == classes.size(classes.rank() - 1);
  }

  /** What the layer was called on; null for an input, and where several come together. */
  private Ref before(Ref ref) {
    Use maker = makers.get(ref);
    List<Ref> inputs = maker == null ? List.of() : maker.inputs();
    return inputs.size() == 1 && makers.containsKey(inputs.get(0)) ? inputs.get(0) : null;
  }
}
