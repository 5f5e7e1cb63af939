package dev.graft.network;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** Changes to graphs in their written form, which no native library is needed for. */
public final class GraphDefs {
  private GraphDefs() {}

  /**
   * The node an input of a node names: {@code ^conv}, {@code conv:0} and {@code conv} are {@code
   * conv}.
   */
  public static String node(String input) {
    int from = input.startsWith("^") ? 1 : 0;
    int colon = input.lastIndexOf(':');
    return input.substring(from, colon < 0 ? input.length() : colon);
  }

  /** The part of {@code graph} that the nodes {@code roots} need, in the same order. */
  public static GraphDef prune(GraphDef graph, Collection<String> roots) {
    Map<String, NodeDef> nodes = new HashMap<>();
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Set<String> needed = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(roots);
    while (!open.isEmpty()) {
      String name = open.pop();
      if (needed.add(name)) {
        nodes.get(name).getInputList().forEach(input -> open.add(node(input)));
      }
    }
    return map(graph, node -> needed.contains(node.getName()) ? node : null);
  }

  /** {@code graph} with each node replaced by what {@code change} makes of it, null for nothing. */
  public static GraphDef map(GraphDef graph, UnaryOperator<NodeDef> change) {
    GraphDef.Builder changed = graph.toBuilder().clearNode();
    for (NodeDef node : graph.getNodeList()) {
      NodeDef now = change.apply(node);
      if (now != null) {
        changed.addNode(now);
      }
    }
    return changed.build();
  }
}
