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
  /**
   * A layer, with {@code class_name} and {@code config}.
   *
   * @param inputs shapes and types of what it is first called on; empty when that is not known
   */
  Map<String, Object> layer(Model.Entry entry, List<Spec> inputs);

  /** A layer inside another, as that one's settings hold it. */
  Map<String, Object> inner(Model.Entry entry);

  /**
   * Rewrites a layer's settings, which are in Keras 3's words, in place.
   *
   * @param where names the layer, for errors
   */
  void translate(String className, Map<String, Object> config, String where);

  /**
   * One call of a layer of {@code model}, an element of its {@code inbound_nodes}.
   *
   * @param specs shapes and types of all tensors of the network
   */
  Object call(Model model, Use use, Map<Ref, Spec> specs);

  /** {@code input_layers} and {@code output_layers} of {@code model}. */
  Object ends(Model model, List<Ref> refs);

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

  /** The network that {@code entry} is, under the layer's name; null when it is none. */
  static Model nested(Model.Entry entry) {
    return entry.layer() instanceof Nested nested ? nested.model().named(entry.name()) : null;
  }
}
