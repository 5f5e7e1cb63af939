package dev.graft.model;

import dev.graft.layers.InputLayer;
import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Ref;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the layers of models inside a model out into it, so that every tensor can be named.
 *
 * <p>A layer {@code conv} of the inner model {@code trunk} becomes {@code trunk/conv}; weights keep
 * the names they have, so a store of the one is a store of the other.
 */
public final class Inlining {
  private final Map<String, Model.Entry> outer = new HashMap<>();
  private final Map<String, Model.Entry> layers = new LinkedHashMap<>();
  private final List<Use> uses = new ArrayList<>();
  private final Map<Ref, Ref> places = new HashMap<>();

  private Inlining(Model model) {
    model.layers().forEach(entry -> outer.put(entry.name(), entry));
  }

  /** The same network without models inside; {@code model} itself when it has none. */
  public static Model of(Model model) {
    if (model.layers().stream().noneMatch(entry -> entry.layer() instanceof Nested)) {
      return model;
    }
    Inlining inlining = new Inlining(model);
    model.uses().forEach(inlining::add);
    return new Model(
        model.name(),
        Model.Form.FUNCTIONAL,
        List.copyOf(inlining.layers.values()),
        inlining.uses,
        inlining.all(model.inputs()),
        inlining.all(model.outputs()));
  }

  private List<Ref> all(List<Ref> refs) {
    return refs.stream().map(ref -> places.getOrDefault(ref, ref)).toList();
  }

  private void add(Use use) {
    Model.Entry entry = outer.get(use.layer());
    if (entry.layer() instanceof Nested nested) {
      open(use, entry, of(nested.model()));
    } else {
      layers.putIfAbsent(entry.name(), entry);
      uses.add(new Use(use.layer(), use.node(), all(use.inputs()), use.arguments()));
    }
  }

  private void open(Use use, Model.Entry as, Model inner) {
    Map<Ref, Ref> inside = new HashMap<>();
    List<Ref> given = all(use.inputs());
    for (int i = 0; i < inner.inputs().size(); i++) {
      inside.put(inner.inputs().get(i), given.get(i));
    }
    Map<String, Integer> nodes = new HashMap<>();
    inner.uses().forEach(u -> nodes.merge(u.layer(), 1, Integer::sum));
    for (Use each : inner.uses()) {
      Model.Entry entry = inner.layer(each.layer());
      Layer layer = entry.layer();
      if (layer instanceof InputLayer) {
        continue;
      }
      String name = as.name() + "/" + entry.name();
      layers.putIfAbsent(name, new Model.Entry(name, entry.trainable() && as.trainable(), layer));
      int node = use.node() * nodes.get(each.layer()) + each.node();
      List<Ref> inputs = each.inputs().stream().map(r -> place(inside, as, use, nodes, r)).toList();
      uses.add(new Use(name, node, inputs, each.arguments()));
    }
    for (int i = 0; i < inner.outputs().size(); i++) {
      places.put(
          new Ref(use.layer(), use.node(), i),
          place(inside, as, use, nodes, inner.outputs().get(i)));
    }
  }

  private static Ref place(
      Map<Ref, Ref> given, Model.Entry as, Use use, Map<String, Integer> nodes, Ref inner) {
    Ref fed = given.get(inner);
    if (fed != null) {
      return fed;
    }
    int node = use.node() * nodes.get(inner.layer()) + inner.node();
    return new Ref(as.name() + "/" + inner.layer(), node, inner.tensor());
  }
}
