package dev.graft.network;

import dev.graft.layers.WeightStore;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.Session;

/**
 * The values of a network's variables while none of them changes, read many at a time.
 *
 * <p>A session prunes the whole graph anew for every set of tensors it has not been asked for
 * before, so that asking for a thousand variables one by one takes minutes.
 */
final class Snapshot implements WeightStore {
  private static final long BYTES = 64L << 20;

  private final Network network;
  private final List<String> order;
  private final Map<String, Integer> places = new HashMap<>();
  private final Map<String, float[]> ahead = new HashMap<>();

  Snapshot(Network network, List<String> order) {
    this.network = network;
    this.order = List.copyOf(order);
    for (int i = 0; i < order.size(); i++) {
      places.put(order.get(i), i);
    }
  }

  @Override
  public float[] values(String variable) {
    float[] values = ahead.remove(variable);
    if (values != null) {
      return values;
    }
    Integer place = places.get(variable);
    if (place == null) {
      return network.values(variable);
    }
    read(chunk(order, network, place));
    return ahead.remove(variable);
  }

  private void read(List<String> names) {
    ahead.clear();
    Session.Runner runner = network.session().runner();
    names.forEach(name -> runner.fetch(network.variable(name).read()));
    try (Result result = network.run(runner)) {
      for (int i = 0; i < names.size(); i++) {
        ahead.put(names.get(i), Tensors.read(result.get(i)));
      }
    }
  }

  /** As many names from {@code from} on as fit into one transfer, and at least one. */
  static List<String> chunk(List<String> order, Network network, int from) {
    List<String> names = new ArrayList<>();
    long bytes = 0;
    for (int i = from; i < order.size(); i++) {
      bytes += 4 * network.variable(order.get(i)).shape().size();
      if (bytes > BYTES && !names.isEmpty()) {
        break;
      }
      names.add(order.get(i));
    }
    return names;
  }
}
