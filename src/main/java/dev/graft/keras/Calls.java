package dev.graft.keras;

import dev.graft.error.MalformedFileException;
import dev.graft.layers.Ref;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Puts the calls of a network in an order in which each comes after what it needs.
 *
 * <p>A nested network counts its nodes from 1 in most files, because Keras gave it a node when it
 * was made; in Graft all count from 0.
 */
final class Calls {
  private final String where;

  /** Every call of each layer, in the file's order. */
  private final Map<String, List<CallReader.Call>> byLayer = new LinkedHashMap<>();

  /** Highest node number that is asked for, by layer. */
  private final Map<String, Integer> highest = new HashMap<>();

  Calls(String where) {
    this.where = where;
  }

  /** Adds the calls of a layer; none at all for what is fed. */
  void add(String layer, List<CallReader.Call> calls) {
    byLayer.put(layer, calls);
    calls.forEach(call -> asked(call.inputs()));
  }

  /** Says that these tensors are asked for, by the network's outputs for example. */
  void asked(List<Ref> refs) {
    refs.forEach(ref -> highest.merge(ref.layer(), ref.node(), Math::max));
  }

  /** A nested network's tensor, with its node counted from 0. */
  Ref fromZero(Ref ref) {
    int count = byLayer.getOrDefault(ref.layer(), List.of()).size();
    int first = highest.getOrDefault(ref.layer(), 0) >= count ? 1 : 0;
    return new Ref(ref.layer(), ref.node() - first, ref.tensor());
  }

  /** All uses in order; {@code nested} are the layers that may count from 1. */
  List<Use> inOrder(Set<String> nested) {
    List<Use> all = new ArrayList<>();
    byLayer.forEach(
        (layer, calls) -> {
          if (calls.isEmpty()) {
            all.add(Use.of(layer));
          }
          for (int node = 0; node < calls.size(); node++) {
            CallReader.Call call = calls.get(node);
            List<Ref> inputs =
                call.inputs().stream()
                    .map(ref -> nested.contains(ref.layer()) ? fromZero(ref) : ref)
                    .toList();
            all.add(new Use(layer, node, inputs, call.arguments()));
          }
        });
    return sorted(all);
  }

  private record Node(String layer, int number) {}

  private List<Use> sorted(List<Use> uses) {
    Map<Node, Integer> places = new HashMap<>();
    for (int i = 0; i < uses.size(); i++) {
      places.put(new Node(uses.get(i).layer(), uses.get(i).node()), i);
    }
    int[] waiting = new int[uses.size()];
    List<List<Integer>> users = new ArrayList<>();
    uses.forEach(use -> users.add(new ArrayList<>()));
    for (int i = 0; i < uses.size(); i++) {
      Set<Node> needs = new HashSet<>();
      for (Ref ref : uses.get(i).inputs()) {
        needs.add(new Node(ref.layer(), ref.node()));
      }
      for (Node need : needs) {
        Integer place = places.get(need);
        if (place == null) {
          throw nowhere(uses.get(i), need);
        }
        users.get(place).add(i);
        waiting[i]++;
      }
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < waiting.length; i++) {
      if (waiting[i] == 0) {
        ready.add(i);
      }
    }
    List<Use> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      int next = ready.remove();
      order.add(uses.get(next));
      for (int user : users.get(next)) {
        if (--waiting[user] == 0) {
          ready.add(user);
        }
      }
    }
    if (order.size() < uses.size()) {
      throw circle(uses, order);
    }
    return order;
  }

  private MalformedFileException nowhere(Use use, Node need) {
    return new MalformedFileException(
        where
            + ": layer '"
            + use.layer()
            + "' is called on node "
            + need.number()
            + " of layer '"
            + need.layer()
            + "', which is not there. The file is damaged.");
  }

  private MalformedFileException circle(List<Use> uses, List<Use> order) {
    Set<Use> done = new HashSet<>(order);
    List<String> left =
        uses.stream()
            .filter(use -> !done.contains(use))
            .map(use -> "'" + use.layer() + "'")
            .distinct()
            .limit(5)
            .toList();
    return new MalformedFileException(
        where
            + ": the layers "
            + String.join(", ", left)
            + " wait for each other in a circle. The file is damaged.");
  }
}
