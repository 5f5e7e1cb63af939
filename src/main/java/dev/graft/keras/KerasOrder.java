package dev.graft.keras;

import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order in which Keras holds the layers of a functional network once it has opened it, which
 * decides which weight, and which slot of an optimizer, a file's tensor belongs to: by their
 * distance from the outputs, furthest first, then as a walk from the outputs meets them. Source:
 * Keras 3.15 {@code ops/function.py map_graph}; tf_keras 2.18 {@code engine/functional.py}.
 */
final class KerasOrder {
  private final Model model;
  private final Map<String, Use> uses = new HashMap<>();
  private final Map<String, Integer> met = new LinkedHashMap<>();
  private final Set<Use> done = new HashSet<>();
  private final List<Use> finished = new ArrayList<>();

  private KerasOrder(Model model) {
    this.model = model;
    model.uses().forEach(use -> uses.put(key(use.layer(), use.node()), use));
  }

  /** The same network with its layers, and those of networks in it, in Keras's order. */
  static Model of(Model model) {
    Model inside = model.map(entry -> entry.inside(KerasOrder::of));
    return model.form() == Model.Form.SEQUENTIAL ? inside : new KerasOrder(inside).ordered();
  }

  private Model ordered() {
    model.outputs().forEach(this::walk);
    Map<Use, Integer> depths = new HashMap<>();
    Map<String, Integer> layers = new HashMap<>();
    for (int i = finished.size() - 1; i >= 0; i--) {
      Use use = finished.get(i);
      int depth = Math.max(depths.getOrDefault(use, 0), layers.getOrDefault(use.layer(), 0));
      layers.put(use.layer(), depth);
      depths.put(use, depth);
      use.inputs().forEach(ref -> depths.merge(use(ref), depth + 1, Math::max));
    }
    List<Model.Entry> order = new ArrayList<>(model.layers());
    // What no output needs stands, as an input that is not used does, at the end.
    order.sort(
        Comparator.comparingInt((Model.Entry entry) -> -layers.getOrDefault(entry.name(), 0))
            .thenComparingInt(entry -> met.getOrDefault(entry.name(), -1)));
    return new Model(
        model.name(), model.form(), order, model.uses(), model.inputs(), model.outputs());
  }

  /** Depth first from an output to the inputs, without recursion: networks can be deep. */
  private void walk(Ref output) {
    List<Use> path = new ArrayList<>(List.of(use(output)));
    List<Integer> places = new ArrayList<>(List.of(0));
    while (!path.isEmpty()) {
      int top = path.size() - 1;
      Use use = path.get(top);
      int place = places.get(top);
      if (place == 0) {
        if (done.contains(use)) {
          path.remove(top);
          places.remove(top);
          continue;
        }
        met.putIfAbsent(use.layer(), met.size());
      }
      if (place < use.inputs().size()) {
        places.set(top, place + 1);
        Use next = use(use.inputs().get(place));
        if (!done.contains(next)) {
          path.add(next);
          places.add(0);
        }
      } else {
        done.add(use);
        finished.add(use);
        path.remove(top);
        places.remove(top);
      }
    }
  }

  private Use use(Ref ref) {
    return uses.get(key(ref.layer(), ref.node()));
  }

  private static String key(String layer, int node) {
    return layer + ":" + node;
  }
}
