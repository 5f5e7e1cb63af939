package dev.graft.keras;

import dev.graft.files.Hdf5Dataset;
import dev.graft.files.Hdf5Group;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the layout of Keras 3's saving library, which tf_keras knows too: one group a layer, named
 * after its class and counted ({@code layers/conv2d_1}), with tensors {@code vars/0}, {@code
 * vars/1}, …, and the same again inside for what a layer holds. Source: Keras 3.15 {@code
 * saving/saving_lib.py}.
 */
final class WeightsByClass {
  private static final Set<String> CONTAINERS = Set.of("layers", "_layer_checkpoint_dependencies");
  private static final Set<String> OTHERS =
      Set.of("vars", "optimizer", "metrics", "_metrics", "loss", "_loss_tracker");

  private WeightsByClass() {}

  /** True when {@code root} holds weights in this layout. */
  static boolean in(Hdf5Group root) {
    return CONTAINERS.stream().anyMatch(name -> root.findGroup(name).isPresent())
        || root.findGroup("vars").isPresent();
  }

  /** The layers in the natural order of their groups' names. */
  static List<StoredLayer> layers(Hdf5Group root) {
    List<StoredLayer> layers = new ArrayList<>();
    for (Map.Entry<String, Hdf5Group> child : root.groups().entrySet()) {
      if (CONTAINERS.contains(child.getKey())) {
        child.getValue().groups().forEach((key, group) -> layers.add(layer(key, group)));
      } else if (!OTHERS.contains(child.getKey())) {
        layers.add(layer(child.getKey(), child.getValue()));
      }
    }
    layers.sort(Comparator.comparing(StoredLayer::key, NaturalOrder.INSTANCE));
    return layers;
  }

  /** The optimizer's state; empty when there is none. */
  static List<StoredTensor> optimizer(Hdf5Group root) {
    return root.findGroup("optimizer").map(WeightsByClass::tensors).orElse(List.of());
  }

  private static StoredLayer layer(String key, Hdf5Group group) {
    String name =
        group.findGroup("vars").flatMap(vars -> vars.attributes().findString("name")).orElse(null);
    return new StoredLayer(name, key, tensors(group));
  }

  /** All tensors below {@code group}, under their paths relative to it, in natural order. */
  static List<StoredTensor> tensors(Hdf5Group group) {
    List<Hdf5Dataset> datasets = new ArrayList<>();
    group.walk(datasets::add);
    int prefix = group.path().length() + 1;
    return datasets.stream()
        .map(dataset -> WeightsByName.tensor(dataset.path().substring(prefix), dataset))
        .sorted(Comparator.comparing(StoredTensor::name, NaturalOrder.INSTANCE))
        .toList();
  }
}
