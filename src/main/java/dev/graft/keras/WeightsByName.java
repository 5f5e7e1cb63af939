package dev.graft.keras;

import dev.graft.files.FloatSink;
import dev.graft.files.Hdf5Attributes;
import dev.graft.files.Hdf5Dataset;
import dev.graft.files.Hdf5Group;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/**
 * Reads the layout of Keras 1 and 2: attribute {@code layer_names}, one group a layer with
 * attribute {@code weight_names}. Source: tf_keras 2.18 {@code saving/legacy/hdf5_format.py}, Keras
 * 3.15 {@code legacy/saving/legacy_h5_format.py}.
 */
final class WeightsByName {
  /** Where Keras keeps weights that belong to the model itself rather than to one of its layers. */
  static final String TOP_LEVEL = "top_level_model_weights";

  private WeightsByName() {}

  /** True when {@code group} holds weights in this layout. */
  static boolean in(Hdf5Group group) {
    return group.attributes().hasStrings("layer_names");
  }

  /** The layers in the order of {@code layer_names}, those without weights included. */
  static List<StoredLayer> layers(Hdf5Group group) {
    List<StoredLayer> layers = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String name : group.attributes().strings("layer_names")) {
      if (!seen.add(name)) {
        throw group.damaged("'layer_names' lists '" + name + "' twice");
      }
      layers.add(new StoredLayer(name, name, tensors(group.group(name))));
    }
    group
        .findGroup(TOP_LEVEL)
        .map(WeightsByName::tensors)
        .filter(tensors -> !tensors.isEmpty())
        .ifPresent(tensors -> layers.add(new StoredLayer(TOP_LEVEL, TOP_LEVEL, tensors)));
    return layers;
  }

  /** The tensors that attribute {@code weight_names} of {@code group} lists, in its order. */
  static List<StoredTensor> tensors(Hdf5Group group) {
    List<StoredTensor> tensors = new ArrayList<>();
    if (group.attributes().hasStrings("weight_names")) {
      for (String name : group.attributes().strings("weight_names")) {
        tensors.add(tensor(name, group.dataset(name)));
      }
    }
    return tensors;
  }

  /** Who wrote these weights: attributes of their group, else of the file. */
  static Writer writer(Hdf5Group weights, Hdf5Group root, List<StoredLayer> layers) {
    Hdf5Attributes near = weights.attributes();
    Hdf5Attributes far = root.attributes();
    String version =
        near.findString("keras_version").or(() -> far.findString("keras_version")).orElse("");
    String backend = near.findString("backend").or(() -> far.findString("backend")).orElse("");
    Writer writer = new Writer(version, backend);
    if (backend.isEmpty() && writer.generation() <= 1) {
      return new Writer(version, unnamedBackend(layers));
    }
    return writer;
  }

  /** Keras 1 does not say which backend it ran on, but only TensorFlow numbers its outputs. */
  private static String unnamedBackend(List<StoredLayer> layers) {
    List<StoredTensor> all = layers.stream().flatMap(layer -> layer.tensors().stream()).toList();
    if (all.isEmpty()) {
      return "";
    }
    return all.stream().anyMatch(tensor -> tensor.name().endsWith(":0")) ? "tensorflow" : "theano";
  }

  static StoredTensor tensor(String name, Hdf5Dataset dataset) {
    return new StoredTensor(
        name,
        Shape.of(dataset.shape()),
        dataset.type().label(),
        dataset.filters(),
        new StoredTensor.Streamed() {
          @Override
          public float[] get() {
            return dataset.floats();
          }

          @Override
          public void stream(FloatSink sink) {
            dataset.read(sink);
          }
        });
  }
}
