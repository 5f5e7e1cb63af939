package dev.graft.network;

import dev.graft.files.FloatSink;
import dev.graft.layers.WeightStore;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.tensorflow.Tensor;

/**
 * The values of a network's variables while none of them changes, read many at a time.
 *
 * <p>A session prunes the whole graph anew for every set of tensors it has not been asked for
 * before, so that asking for a thousand variables one by one takes minutes.
 */
final class Snapshot implements WeightStore {
  private static final long BYTES = 64L << 20;

  /** Numbers that one thread reads sooner than several. */
  private static final long SMALL = 1 << 16;

  private final Network network;
  private final List<String> order;
  private final Map<String, Integer> places = new HashMap<>();
  private final Map<String, Tensor> ahead = new HashMap<>();

  Snapshot(Network network, List<String> order) {
    this.network = network;
    this.order = List.copyOf(order);
    for (int i = 0; i < order.size(); i++) {
      places.put(order.get(i), i);
    }
  }

  @Override
  public float[] values(String variable) {
    try (Tensor tensor = take(variable)) {
      return tensor == null ? network.values(variable) : Tensors.read(tensor);
    }
  }

  /** A piece at a time: the values lie in the variable itself until then. */
  @Override
  public void read(String variable, FloatSink sink) {
    try (Tensor tensor = take(variable)) {
      if (tensor == null) {
        WeightStore.super.read(variable, sink);
      } else {
        Tensors.read(tensor, sink);
      }
    }
  }

  @Override
  public void read(String variable, Consumer<Values> work) {
    try (Tensor tensor = take(variable)) {
      if (tensor == null) {
        WeightStore.super.read(variable, work);
      } else {
        work.accept(sinks -> read(tensor, sinks));
      }
    }
  }

  private static void read(Tensor tensor, List<FloatSink> sinks) {
    IntStream parts = IntStream.range(0, sinks.size());
    // What is small is read before another thread has woken.
    (tensor.size() < SMALL ? parts : parts.parallel())
        .forEach(
            i -> {
              long from = tensor.size() * i / sinks.size();
              long to = tensor.size() * (i + 1) / sinks.size();
              Tensors.read(tensor, from, to, sinks.get(i));
            });
  }

  /** The tensor of a variable, which the caller closes; null when it is not in the order. */
  private Tensor take(String variable) {
    if (!ahead.containsKey(variable) && places.containsKey(variable)) {
      read(chunk(order, network, places.get(variable)));
    }
    return ahead.remove(variable);
  }

  private void read(List<String> names) {
    ahead.values().forEach(Tensor::close);
    ahead.clear();
    List<Tensor> values = network.tensors(names.stream().map(network::variable).toList());
    for (int i = 0; i < names.size(); i++) {
      ahead.put(names.get(i), values.get(i));
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
