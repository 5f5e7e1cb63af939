package dev.graft.train;

import dev.graft.data.Examples;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Use;
import dev.graft.layers.WeightStore;
import dev.graft.network.FrozenPart;
import dev.graft.network.Network;
import dev.graft.progress.Progress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * What the frozen part of a network makes of examples, computed once and used by every stage whose
 * frozen part is the same: cut at the same tensors, with the same weights before them.
 *
 * <p>Not thread-safe. Closing it frees what is kept.
 */
public final class FeatureCache implements AutoCloseable {
  private record Key(Examples examples, List<Ref> border, long weights) {}

  private final Map<Key, KeptFeatures> kept = new HashMap<>();

  /** The tensors at which {@code network} is cut, or its inputs when nothing can be kept. */
  static List<Ref> border(Network network, Examples examples, Stage.Cache where) {
    List<Ref> border = FrozenPart.border(network.model());
    boolean keep =
        where != Stage.Cache.OFF
            && !examples.augmented()
            && FrozenPart.worthKeeping(network.model())
            && KeptFeatures.possible(network, border);
    return keep ? border : network.model().inputs();
  }

  /**
   * The examples with the tensors {@code border} as their inputs; {@code examples} themselves when
   * those are the inputs of the network.
   */
  Examples of(
      Network network, List<Ref> border, Examples examples, Stage.Cache where, Progress progress) {
    if (border.equals(network.model().inputs())) {
      return examples;
    }
    Key key = new Key(examples, border, weights(network, border));
    KeptFeatures features = kept.get(key);
    if (features == null) {
      features = KeptFeatures.compute(network, border, examples, where, progress);
      kept.put(key, features);
    }
    return features;
  }

  /**
   * The examples as the network's frozen part leaves them, if they were computed before.
   *
   * @return null when they were not
   */
  public Examples find(Network network, Examples examples) {
    List<Ref> border = FrozenPart.border(network.model());
    return kept.get(new Key(examples, border, weights(network, border)));
  }

  /** A check sum of all weights that lead to {@code border}. */
  private static long weights(Network network, List<Ref> border) {
    Set<String> before = layersBefore(network.model(), border);
    WeightStore values = network.unchanging();
    CRC32 sum = new CRC32();
    java.nio.ByteBuffer buffer = java.nio.ByteBuffer.allocate(1 << 16);
    for (Model.Variable variable : network.model().variables()) {
      if (before.contains(variable.layer())) {
        for (float value : values.values(variable.name())) {
          if (!buffer.hasRemaining()) {
            sum.update(buffer.flip());
            buffer.clear();
          }
          buffer.putFloat(value);
        }
      }
    }
    sum.update(buffer.flip());
    return sum.getValue();
  }

  private static Set<String> layersBefore(Model model, List<Ref> border) {
    Map<String, List<Ref>> inputs = new HashMap<>();
    for (Use use : model.uses()) {
      inputs.computeIfAbsent(use.layer(), k -> new ArrayList<>()).addAll(use.inputs());
    }
    Set<String> seen = new HashSet<>();
    Deque<Ref> open = new ArrayDeque<>(border);
    while (!open.isEmpty()) {
      String layer = open.pop().layer();
      if (seen.add(layer)) {
        open.addAll(inputs.get(layer));
      }
    }
    return seen;
  }

  @Override
  public void close() {
    kept.values().forEach(KeptFeatures::close);
    kept.clear();
  }
}
