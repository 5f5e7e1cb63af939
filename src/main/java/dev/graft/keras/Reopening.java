package dev.graft.keras;

import dev.graft.error.UnsupportedException;
import dev.graft.layers.Bidirectional;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Model;
import dev.graft.layers.MultiHeadAttention;
import dev.graft.layers.Nested;
import dev.graft.layers.Operation;
import dev.graft.layers.Recurrent;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What real Keras makes of files of a network, where it is not what one expects of them. */
public final class Reopening {
  private static final Set<String> NEWER_ACTIVATIONS =
      Set.of(
          "celu",
          "hard_shrink",
          "hard_silu",
          "hard_tanh",
          "log_sigmoid",
          "soft_shrink",
          "sparse_plus",
          "sparse_sigmoid",
          "sparsemax",
          "squareplus",
          "tanh_shrink");

  private static final Set<String> OF_APPLICATIONS =
      Set.of("CustomScaleLayer", "LayerScale", "StochasticDepth");

  private Reopening() {}

  /** A sentence for each thing that is to be known of a {@code .keras} of {@code model}. */
  public static List<String> keras(Model model) {
    List<String> known = new ArrayList<>();
    List<String> gates = HardSigmoid.changed(model);
    List<String> slashes = PlainNames.changed(model);
    if (!gates.isEmpty()) {
      known.add(
          ".keras: Keras 3's hard_sigmoid is another function than that of Keras 1 and 2; the"
              + " weights before it are multiplied by 1.2, so that the network computes the"
              + " same: "
              + String.join(", ", gates));
    }
    if (!slashes.isEmpty()) {
      known.add(
          ".keras: Keras 3 takes no name with a slash, so these layers are in it under another"
              + " name, an underscore in the slash's place: "
              + some(slashes));
    }
    return known;
  }

  /** Why no {@code .keras} can hold {@code model}: where, and what to do; null when one can. */
  public static String noKeras(Model model) {
    return refusal(model, KerasWriter::checkKeras);
  }

  /** Why no whole-model {@code .h5} can hold {@code model}; null when one can. */
  public static String noH5(Model model) {
    return refusal(model, KerasWriter::checkH5);
  }

  private static String refusal(Model model, Consumer<Model> check) {
    try {
      check.accept(model);
      return null;
    } catch (UnsupportedException e) {
      return e.getMessage();
    }
  }

  /** The first few of many names. */
  private static String some(List<String> names) {
    return names.size() <= 4
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 3)) + " and " + (names.size() - 3) + " more";
  }

  /**
   * A sentence for each thing that is to be known of a whole-model {@code .h5} of {@code model}.
   *
   * @param compile its compile settings, or null
   * @param state whether the optimizer's state goes with them
   */
  public static List<String> h5(Model model, CompileSettings compile, boolean state) {
    List<String> known = h5(model);
    List<String> gates = HardSigmoid.changed(model);
    List<String> operations = OperationsOut.left(model);
    // In the words of the Keras that has all its layers, see KerasWriter.
    Set<String> calls = NewerLayers.in(model) ? Set.of() : calls(model);
    Set<String> newer = newer(model);
    if (!gates.isEmpty()) {
      known.add(
          ".h5: Keras 3 takes its hard_sigmoid for its own function of that name and computes"
              + " something else; open it with tf_keras, or write a .keras: "
              + String.join(", ", gates));
    }
    if (!operations.isEmpty()) {
      known.add(
          ".h5: neither tf_keras nor Keras 3 opens it (\"Unknown layer\"), as they find operations"
              + " of Keras 3 in no .h5, and no layer does the same; Graft does, and Keras 3 opens a"
              + " .keras: "
              + String.join(", ", operations));
    } else if (!calls.isEmpty() && !newer.isEmpty()) {
      known.add(
          ".h5: neither tf_keras opens it, as it lacks "
              + String.join(", ", newer)
              + ", nor Keras 3, as it reads these calls in other words; it opens a .keras: "
              + String.join(", ", calls));
    } else if (!calls.isEmpty()) {
      known.add(
          ".h5: tf_keras opens it, Keras 3 does not, as it reads these calls in other words;"
              + " it opens a .keras: "
              + String.join(", ", calls));
    } else if (!newer.isEmpty()) {
      known.add(
          ".h5: Keras 3 opens it, tf_keras does not, as it lacks: " + String.join(", ", newer));
    } else if (Learned.in(model)) {
      known.add(
          ".h5: tf_keras opens it, Keras 3 does not, as tf_keras keeps what words weigh (tf_idf)"
              + " among the network's weights; Keras 3 opens a .keras");
    } else if (compile != null && CompileWriter.newer(compile, state)) {
      known.add(
          ".h5: tf_keras opens it, Keras 3 with compile=False alone, as its words for "
              + compile.optimizer()
              + (state ? " and its state" : "")
              + " are tf_keras's; Keras 3 opens a .keras with everything in it");
    }
    return known;
  }

  /** What is to be known of the names and layers of a {@code .h5}. */
  private static List<String> h5(Model model) {
    List<String> known = new ArrayList<>();
    List<String> slashes = PlainNames.changed(model);
    if (!slashes.isEmpty()) {
      known.add(
          ".h5: Keras 3 does not open it, as it takes no name with a slash; tf_keras does, and"
              + " Keras 3 opens a .keras: "
              + some(slashes));
    }
    List<String> functions = NewerLayers.in(model) ? List.of() : functions(model);
    if (!functions.isEmpty()) {
      known.add(
          ".h5: tf_keras opens it, Keras 3 does not, as it has no TFOpLambda; it opens a .keras: "
              + some(functions));
    }
    Set<String> own = own(model);
    if (!own.isEmpty()) {
      known.add(
          ".h5: Keras wants these layers, which its applications have to themselves, as"
              + " custom_objects of load_model, of its own files too; a .keras opens without: "
              + String.join(", ", own));
    }
    return known;
  }

  /** tf_keras's functions. */
  private static List<String> functions(Model model) {
    return model
        .everyLayer()
        .map(Model.Place::entry)
        .filter(entry -> entry.layer() instanceof Operation operation && operation.isLayer())
        .map(Model.Entry::name)
        .toList();
  }

  private static Set<String> own(Model model) {
    return model
        .everyLayer()
        .map(place -> place.entry().layer().className())
        .filter(OF_APPLICATIONS::contains)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What tf_keras 2.18 does not have, of layers and of activations, inside too. */
  static Set<String> newer(Model model) {
    Set<String> found = new TreeSet<>(NewerLayers.of(model));
    model
        .everyLayer()
        .map(place -> place.entry().layer())
        .filter(layer -> !(layer instanceof InputLayer || layer instanceof Nested))
        .forEach(
            layer -> {
              if (layer.className().equals("SpectralNormalization")) {
                found.add(layer.className());
              } else {
                layer.config().values().stream()
                    .filter(String.class::isInstance)
                    .map(String.class::cast)
                    .filter(NEWER_ACTIVATIONS::contains)
                    .forEach(found::add);
              }
            });
    return found;
  }

  /** Layers of functional networks that the two Kerases call in different words. */
  private static Set<String> calls(Model given) {
    Model model = NamedMasks.leftOut(given);
    Set<String> names = new LinkedHashSet<>();
    for (Use use : model.uses()) {
      Model.Entry entry = model.layer(use.layer());
      boolean states =
          use.inputs().size() > 1
              && (entry.layer() instanceof Recurrent || entry.layer() instanceof Bidirectional);
      boolean otherwise =
          entry.layer() instanceof Nested
              || entry.layer() instanceof MultiHeadAttention
              || entry.layer().className().equals("GroupQueryAttention")
              || states;
      if (otherwise && model.form() == Model.Form.FUNCTIONAL) {
        names.add(entry.name());
      }
      if (entry.layer() instanceof Nested nested) {
        calls(nested.model()).forEach(name -> names.add(entry.name() + "/" + name));
      }
    }
    return names;
  }
}
