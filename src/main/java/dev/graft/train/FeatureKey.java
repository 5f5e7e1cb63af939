package dev.graft.train;

import dev.graft.config.Json;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Ref;
import dev.graft.layers.Use;
import dev.graft.layers.WeightStore;
import dev.graft.network.FrozenLayer;
import dev.graft.network.Network;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** What decides the outputs of a frozen part besides its inputs: its layers and its weights. */
public final class FeatureKey {
  private static final int PIECE = 1 << 16;

  private FeatureKey() {}

  /**
   * A hash of all layers and weights that lead to {@code border}.
   *
   * @param conditions what else changes numbers: how exactly is computed
   */
  public static String of(Network network, List<Ref> border, String conditions) {
    Set<String> before = layersBefore(network.model(), border);
    MessageDigest digest = sha256();
    add(digest, "graft features 2\n" + conditions + "\n" + border + "\n");
    add(digest, describe(network.model(), before));
    List<String> names =
        network.model().variables().stream()
            .filter(variable -> before.contains(variable.layer()))
            .map(Model.Variable::name)
            .toList();
    WeightStore store = network.unchanging(names);
    for (String name : names) {
      add(digest, name + " " + sums(store, name) + "\n");
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** 64 bits from two polynomials; SHA-256 would take seconds where Java is not compiled fully. */
  private static String sums(WeightStore store, String name) {
    CRC32 one = new CRC32();
    CRC32C other = new CRC32C();
    ByteBuffer bytes = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);
    store.read(
        name,
        (values, count) -> {
          for (int at = 0; at < count; at += PIECE / Float.BYTES) {
            int part = Math.min(PIECE / Float.BYTES, count - at);
            bytes.asFloatBuffer().put(values, at, part);
            one.update(bytes.array(), 0, part * Float.BYTES);
            other.update(bytes.array(), 0, part * Float.BYTES);
          }
        });
    return one.getValue() + " " + other.getValue();
  }

  private static String describe(Model model, Set<String> layers) {
    StringBuilder text = new StringBuilder();
    for (Model.Entry entry : model.layers()) {
      if (layers.contains(entry.name())) {
        text.append(entry.name()).append(' ').append(entry.layer().className()).append(' ');
        text.append(
            entry.layer() instanceof Nested nested
                ? describe(nested.model(), names(nested.model()))
                : Json.compact(entry.layer().config()));
        if (entry.layer() instanceof FrozenLayer frozen) {
          // Its weights are in the file it names, which may be another one tomorrow.
          text.append(' ').append(frozen.contents());
        }
        text.append('\n');
      }
    }
    for (Use use : model.uses()) {
      if (layers.contains(use.layer())) {
        text.append(use).append('\n');
      }
    }
    return text.append(model.inputs()).append('\n').toString();
  }

  private static Set<String> names(Model model) {
    Set<String> names = new HashSet<>();
    model.layers().forEach(entry -> names.add(entry.name()));
    return names;
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

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
