package dev.graft.keras;

import dev.graft.files.Hdf5GroupWriter;
import dev.graft.layers.Model;
import dev.graft.layers.WeightStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Writes a network's weights into HDF5 groups, one tensor in memory at a time. */
final class WeightsOut {
  private WeightsOut() {}

  /**
   * Attributes {@code layer_names} and {@code weight_names}, as Keras 1 and 2 have them.
   *
   * @param learned with what tf_keras takes for weights and Keras 3 does not
   */
  static void byName(Hdf5GroupWriter group, Model model, WeightStore weights, boolean learned) {
    group
        .attributes()
        .strings("layer_names", model.kerasLayers().stream().map(Model.Entry::name).toList())
        .string("backend", "tensorflow")
        .string("keras_version", KerasWriter.KERAS_2);
    Map<String, List<Model.Variable>> layers = byLayer(model);
    WeightStore values =
        unchanging(
            weights,
            model.kerasLayers().stream()
                .flatMap(entry -> trainableFirst(layers.get(entry.name())).stream()));
    for (Model.Entry entry : model.kerasLayers()) {
      Hdf5GroupWriter layer = group.group(entry.name());
      List<String> names = new ArrayList<>();
      for (Model.Variable variable : trainableFirst(layers.get(entry.name()))) {
        String name = variable.name() + ":0";
        names.add(name);
        write(layer, name, variable, values);
      }
      if (learned) {
        Learned.byName(entry.layer())
            .forEach(
                (name, kept) -> {
                  names.add(name);
                  write(layer, name, kept);
                });
      }
      layer.attributes().strings("weight_names", names);
    }
    group.group(WeightsByName.TOP_LEVEL).attributes().strings("weight_names", List.of());
  }

  /** Groups named after classes and counted, as Keras 3's saving library has them. */
  static void byClass(Hdf5GroupWriter root, Model model, WeightStore weights) {
    Map<String, String> keys = LayerPartners.keys(model);
    Map<String, List<Model.Variable>> layers = byLayer(model);
    WeightStore values =
        unchanging(
            weights,
            model.kerasLayers().stream()
                .filter(entry -> keys.containsKey(entry.name()))
                .flatMap(entry -> layers.get(entry.name()).stream()));
    root.group("vars").attributes().string("name", model.name());
    for (Model.Entry entry : model.kerasLayers()) {
      if (!keys.containsKey(entry.name())) {
        continue;
      }
      Hdf5GroupWriter layer = root.group("layers").group(keys.get(entry.name()));
      layer.group("vars").attributes().string("name", entry.name());
      Map<String, String> paths = StatePaths.of(entry.layer(), layers.get(entry.name()));
      for (Model.Variable variable : layers.get(entry.name())) {
        write(layer, paths.get(variable.name()), variable, values);
      }
      StatePaths.again(entry.layer(), layers.get(entry.name()))
          .forEach((path, variable) -> write(layer, path, variable, values));
      Learned.byClass(entry.layer()).forEach((path, kept) -> write(layer, path, kept));
    }
  }

  private static void write(Hdf5GroupWriter group, String name, List<Double> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    group.streamed(name, new long[] {floats.length}, sink -> sink.accept(floats, floats.length));
  }

  private static WeightStore unchanging(WeightStore weights, Stream<Model.Variable> order) {
    return weights.unchanging(order.map(Model.Variable::name).toList());
  }

  private static void write(
      Hdf5GroupWriter group, String name, Model.Variable variable, WeightStore weights) {
    group.streamed(
        name, variable.slot().shape().asArray(), sink -> weights.read(variable.name(), sink));
  }

  private static Map<String, List<Model.Variable>> byLayer(Model model) {
    Map<String, List<Model.Variable>> layers = new LinkedHashMap<>();
    model.layers().forEach(entry -> layers.put(entry.name(), new ArrayList<>()));
    model.variables().forEach(variable -> layers.get(variable.layer()).add(variable));
    return layers;
  }

  private static List<Model.Variable> trainableFirst(List<Model.Variable> variables) {
    List<Model.Variable> order =
        new ArrayList<>(variables.stream().filter(Model.Variable::trainable).toList());
    variables.stream().filter(variable -> !variable.trainable()).forEach(order::add);
    return order;
  }
}
