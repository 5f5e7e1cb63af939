package dev.graft.keras;

import dev.graft.layers.InputLayer;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How one generation of Keras writes down a network. */
interface ConfigDialect {
  /** A layer, with {@code class_name} and {@code config}. */
  Map<String, Object> layer(Model.Entry entry);

  /**
   * One call of a layer, an element of its {@code inbound_nodes}.
   *
   * @param specs shapes and types of all tensors of the network
   */
  Object call(Model.Entry entry, Use use, Map<Ref, Spec> specs);

  /**
   * The node under which this dialect knows a nested network's use number {@code node}, which Graft
   * counts from 0.
   *
   * @param end said of the network's outputs rather than of a call's inputs
   */
  int node(Nested nested, int node, boolean end);

  /** {@code input_layers} and {@code output_layers}. */
  Object ends(List<Ref> refs);

  /** A network: {@code class_name} and what stands around its {@code config}. */
  Map<String, Object> network(Model model, Map<String, Object> config);

  /** A shape, batch first; null where a size is free. */
  static List<Long> sizes(Spec spec) {
    List<Long> sizes = new ArrayList<>();
    for (long size : spec.shape().asArray()) {
      sizes.add(size < 0 ? null : size);
    }
    return sizes;
  }

  /** True when {@code entry} is fed rather than called. */
  static boolean isInput(Model.Entry entry) {
    return entry.layer() instanceof InputLayer;
  }
}
