package dev.graft.keras;

import dev.graft.layers.Bidirectional;
import dev.graft.layers.Embedding;
import dev.graft.layers.Layer;
import dev.graft.layers.Masking;
import dev.graft.layers.Merge;
import dev.graft.layers.Model;
import dev.graft.layers.Operation;
import dev.graft.layers.Recurrent;
import dev.graft.layers.Ref;
import dev.graft.layers.TimeDistributed;
import dev.graft.layers.Unary;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Masks that a network of Keras 3 hands to its layers by name, computed by operations that no
 * {@code .h5} can hold: left out where the layer has that very mask from its input anyway.
 */
final class NamedMasks {
  /** Layers whose output counts where their first input does. */
  private static final Set<String> ATTENTION =
      Set.of("AdditiveAttention", "Attention", "MultiHeadAttention");

  private final Model model;

  /** What the mask that goes with a tensor is computed from; nothing for tensors without one. */
  private final Map<Ref, String> own = new HashMap<>();

  /** The same of tensors that are masks. */
  private final Map<Ref, String> computed = new HashMap<>();

  private NamedMasks(Model model) {
    this.model = model;
  }

  /** The same network with the masks left out that layers find by themselves. */
  static Model leftOut(Model model) {
    return new NamedMasks(model).shortened();
  }

  private Model shortened() {
    List<Use> uses = new ArrayList<>();
    boolean changed = false;
    for (Use use : model.uses()) {
      Layer layer = model.layer(use.layer()).layer();
      Use kept = layer instanceof Operation ? use : without(use);
      changed |= !kept.equals(use);
      uses.add(kept);
      follow(use, layer);
    }
    return changed ? pruned(uses) : model;
  }

  /** Takes note of the masks that come out of a use. */
  private void follow(Use use, Layer layer) {
    Ref out = new Ref(use.layer(), use.node(), 0);
    if (use.inputs().isEmpty()) {
      return;
    }
    Ref in = use.inputs().get(0);
    if (layer instanceof Operation operation) {
      String key = computed(operation.className(), use);
      if (key != null) {
        computed.put(out, key);
      }
    } else if (layer instanceof Embedding && Boolean.TRUE.equals(layer.config().get("mask_zero"))) {
      own.put(out, "not zero: " + in);
    } else if (layer instanceof Masking) {
      own.put(out, "some other: " + in);
    } else if (keeps(use, layer) && own.containsKey(in)) {
      own.put(out, own.get(in));
    }
  }

  private boolean keeps(Use use, Layer layer) {
    Layer runs = layer instanceof Bidirectional both ? both.forward().layer() : layer;
    boolean sequences =
        runs instanceof Recurrent && Boolean.TRUE.equals(runs.config().get("return_sequences"));
    boolean together =
        layer instanceof Merge && use.inputs().stream().map(own::get).distinct().count() == 1;
    return together
        || ATTENTION.contains(layer.className())
        || (layer instanceof Unary unary && unary.keepsMask())
        || layer instanceof TimeDistributed
        || sequences;
  }

  private String computed(String operation, Use use) {
    Ref in = use.inputs().get(0);
    return switch (operation) {
      case "NotEqual" -> use.inputs().size() == 1 ? "not zero: " + in : null;
      case "Any" -> {
        String key = computed.get(in);
        yield key == null ? null : key.replace("not zero: ", "some other: ");
      }
      case "LogicalOr" -> {
        List<String> keys = use.inputs().stream().map(computed::get).distinct().toList();
        yield keys.size() == 1 ? keys.get(0) : null;
      }
      default -> null;
    };
  }

  /** {@code use} without a mask that its first input brings along. */
  private Use without(Use use) {
    if (!(use.arguments().get("mask") instanceof Use.Input mask)) {
      return use;
    }
    String given = computed.get(use.inputs().get(mask.index()));
    if (given == null || !given.equals(own.get(use.inputs().get(0)))) {
      return use;
    }
    List<Ref> inputs = new ArrayList<>(use.inputs());
    inputs.remove(mask.index());
    Map<String, Object> arguments = new LinkedHashMap<>(use.arguments());
    arguments.remove("mask");
    arguments.replaceAll((key, value) -> shifted(value, mask.index()));
    return new Use(use.layer(), use.node(), inputs, arguments);
  }

  private static Object shifted(Object value, int gone) {
    if (value instanceof Use.Input input) {
      return input.index() > gone ? new Use.Input(input.index() - 1) : input;
    }
    if (value instanceof List<?> list) {
      List<Object> all = new ArrayList<>();
      list.forEach(item -> all.add(shifted(item, gone)));
      return all;
    }
    return value;
  }

  /** The network without operations that nothing needs any more. */
  private Model pruned(List<Use> uses) {
    Set<String> needed = new HashSet<>();
    model.outputs().forEach(ref -> needed.add(ref.layer()));
    for (int i = uses.size() - 1; i >= 0; i--) {
      Use use = uses.get(i);
      boolean stays =
          needed.contains(use.layer()) || !(model.layer(use.layer()).layer() instanceof Operation);
      if (stays) {
        needed.add(use.layer());
        use.inputs().forEach(ref -> needed.add(ref.layer()));
      }
    }
    return new Model(
        model.name(),
        model.form(),
        model.layers().stream().filter(entry -> needed.contains(entry.name())).toList(),
        uses.stream().filter(use -> needed.contains(use.layer())).toList(),
        model.inputs(),
        model.outputs());
  }
}
