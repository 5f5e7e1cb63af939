package dev.graft.keras;

import dev.graft.files.FloatSink;
import dev.graft.layers.Bidirectional;
import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Ref;
import dev.graft.layers.TimeDistributed;
import dev.graft.layers.Use;
import dev.graft.layers.WeightStore;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names that Keras 3 takes: {@code conv1/bn}, as tf_keras's DenseNet and MobileNetV3 name their
 * layers, is written as {@code conv1_bn}. Keras 3 opens no file with a slash in a name.
 */
final class PlainNames {
  private static final String CHECK = "check";

  private PlainNames() {}

  /** The layers of {@code model}, inside too, that get another name. */
  static List<String> changed(Model model) {
    return model
        .everyLayer()
        .map(place -> place.entry().name())
        .filter(PlainNames::slashed)
        .toList();
  }

  /** {@code contents} with such names; the same when there is nothing to rename. */
  static KerasWriter.Contents of(KerasWriter.Contents contents) {
    Model old = contents.model();
    Model plain = renamed(old);
    if (plain.equals(old)) {
      return contents;
    }
    Map<String, String> variables = new HashMap<>();
    List<Model.Variable> before = old.variables();
    List<Model.Variable> after = plain.variables();
    for (int i = 0; i < after.size(); i++) {
      variables.put(after.get(i).name(), before.get(i).name());
    }
    Map<String, String> layers = names(old);
    return new KerasWriter.Contents(
        plain,
        new Renamed(contents.weights(), variables),
        contents.compile() == null ? null : compiled(contents.compile(), layers),
        contents.optimizer() == null ? null : state(contents.optimizer(), variables),
        contents.graft() == null ? null : noted(contents.graft()));
  }

  private static boolean slashed(String name) {
    return name.indexOf('/') >= 0;
  }

  private static String plain(String name) {
    return name.replace('/', '_');
  }

  /** The new name of each layer. */
  private static Map<String, String> names(Model model) {
    Set<String> taken = new LinkedHashSet<>();
    model.layers().stream().map(Model.Entry::name).filter(n -> !slashed(n)).forEach(taken::add);
    Map<String, String> names = new HashMap<>();
    for (Model.Entry entry : model.layers()) {
      String name = plain(entry.name());
      while (slashed(entry.name()) && !taken.add(name)) {
        name += "_1";
      }
      names.put(entry.name(), name);
    }
    return names;
  }

  private static Model renamed(Model model) {
    Map<String, String> names = names(model);
    return new Model(
        plain(model.name()),
        model.form(),
        model.layers().stream()
            .map(
                entry ->
                    new Model.Entry(
                        names.get(entry.name()), entry.trainable(), inside(entry.layer())))
            .toList(),
        model.uses().stream()
            .map(
                use ->
                    new Use(
                        names.get(use.layer()),
                        use.node(),
                        refs(use.inputs(), names),
                        use.arguments()))
            .toList(),
        refs(model.inputs(), names),
        refs(model.outputs(), names));
  }

  private static Layer inside(Layer layer) {
    if (layer instanceof Nested nested) {
      return new Nested(renamed(nested.model()));
    }
    if (layer instanceof TimeDistributed steps) {
      return new TimeDistributed(inside(steps.layer()));
    }
    return layer instanceof Bidirectional ways
        ? new Bidirectional(inside(ways.forward()), inside(ways.backward()), ways.mergeMode())
        : layer;
  }

  private static Model.Entry inside(Model.Entry entry) {
    return new Model.Entry(plain(entry.name()), entry.trainable(), inside(entry.layer()));
  }

  private static List<Ref> refs(List<Ref> refs, Map<String, String> names) {
    return refs.stream()
        .map(ref -> new Ref(names.get(ref.layer()), ref.node(), ref.tensor()))
        .toList();
  }

  /** Losses, metrics and their weights may be named by output. */
  private static CompileSettings compiled(CompileSettings given, Map<String, String> layers) {
    return new CompileSettings(
        given.optimizer(),
        given.optimizerConfig(),
        keyed(given.loss(), layers),
        keyed(given.metrics(), layers),
        keyed(given.weightedMetrics(), layers),
        keyed(given.lossWeights(), layers));
  }

  private static Object keyed(Object given, Map<String, String> layers) {
    if (!(given instanceof Map<?, ?> map)) {
      return given;
    }
    Map<Object, Object> all = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> all.put(layers.getOrDefault(key.toString(), key.toString()), value));
    return all;
  }

  private static OptimizerState state(OptimizerState given, Map<String, String> variables) {
    Map<String, String> back = new HashMap<>();
    variables.forEach((plain, old) -> back.put(old, plain));
    return new OptimizerState(
        given.iterations(),
        given.slots(),
        given.variables().stream().map(back::get).toList(),
        (slot, variable) -> given.values().values(slot, variables.get(variable)),
        given.momentumSchedule());
  }

  /** The inputs and outputs kept for a check have the names of the layers. */
  private static Map<String, Object> noted(Map<String, Object> note) {
    Map<String, Object> all = new LinkedHashMap<>(note);
    if (note.get(CHECK) instanceof Map<?, ?> check) {
      Map<String, Object> renamed = new LinkedHashMap<>();
      check.forEach((key, value) -> renamed.put(key.toString(), arrays(key.toString(), value)));
      all.put(CHECK, renamed);
    }
    return all;
  }

  private static Object arrays(String key, Object value) {
    if (!List.of("inputs", "outputs").contains(key) || !(value instanceof Map<?, ?> named)) {
      return value;
    }
    Map<String, Object> all = new LinkedHashMap<>();
    named.forEach((name, array) -> all.put(plain(name.toString()), array));
    return all;
  }

  /** The weights of {@code given} under new names. */
  private record Renamed(WeightStore given, Map<String, String> old) implements WeightStore {
    @Override
    public float[] values(String variable) {
      return given.values(old.get(variable));
    }

    @Override
    public void read(String variable, FloatSink sink) {
      given.read(old.get(variable), sink);
    }

    @Override
    public WeightStore unchanging() {
      return new Renamed(given.unchanging(), old);
    }

    @Override
    public WeightStore unchanging(List<String> variables) {
      return new Renamed(given.unchanging(variables.stream().map(old::get).toList()), old);
    }
  }
}
