package dev.graft.network;

import com.google.protobuf.UnsafeByteOperations;
import dev.graft.error.MalformedFileException;
import dev.graft.error.SettingException;
import dev.graft.error.UnsupportedException;
import dev.graft.layers.WeightStore;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Changes to graphs in their written form, which no native library is needed for. */
public final class GraphDefs {
  /** What protocol buffers allow, less room for everything that is no weight. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - (64L << 20);

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
    return upstream(graph, roots, Set.of());
  }

  /**
   * The part of {@code graph} that computes {@code output} from {@code input}, without the op of
   * {@code input}; both are tensors. Control dependencies, which no value depends on, are left out:
   * TensorFlow cannot copy some of them into a loop.
   *
   * @throws SettingException when the one does not depend on the other
   */
  public static GraphDef between(GraphDef graph, String input, String output) {
    GraphDef free = map(graph, GraphDefs::withoutControl);
    GraphDef part = upstream(free, List.of(node(output)), Set.of(node(input)));
    boolean used =
        part.getNodeList().stream()
            .flatMap(node -> node.getInputList().stream())
            .anyMatch(name -> node(name).equals(node(input)));
    if (!used) {
      throw new SettingException(
          "'"
              + output
              + "' does not depend on '"
              + input
              + "'. Name tensors that belong together.");
    }
    return part;
  }

  /**
   * {@code graph} with every constant taken at its place instead of through an {@code Identity}, as
   * freezing leaves them in the place of variables. The ops of {@code kept}, which are tensors,
   * stay.
   */
  static GraphDef direct(GraphDef graph, Collection<String> kept) {
    Map<String, String> constants = new HashMap<>();
    graph.getNodeList().stream()
        .filter(node -> node.getOp().equals("Const"))
        .forEach(node -> constants.put(node.getName(), node.getName()));
    Set<String> roots = new HashSet<>();
    kept.forEach(tensor -> roots.add(node(tensor)));
    List<NodeDef> handing =
        graph.getNodeList().stream().filter(node -> node.getOp().equals("Identity")).toList();
    boolean found = true;
    // What hands on what was handed on is found in the next round.
    while (found) {
      found = false;
      for (NodeDef node : handing) {
        String of = constants.get(node(node.getInput(0)));
        found |= of != null && constants.put(node.getName(), of) == null;
      }
    }
    return upstream(map(graph, node -> direct(node, constants)), roots, free(graph));
  }

  private static NodeDef direct(NodeDef node, Map<String, String> constants) {
    if (node.getInputList().stream().noneMatch(in -> constants.containsKey(node(in)))) {
      return node;
    }
    NodeDef.Builder changed = node.toBuilder().clearInput();
    node.getInputList().forEach(in -> changed.addInput(constants.getOrDefault(node(in), in)));
    return changed.build();
  }

  /** What ops of {@code graph} take and is no op of it. */
  private static Set<String> free(GraphDef graph) {
    Set<String> free = new HashSet<>();
    graph.getNodeList().forEach(node -> node.getInputList().forEach(in -> free.add(node(in))));
    graph.getNodeList().forEach(node -> free.remove(node.getName()));
    return free;
  }

  /** {@code graph} without the numbers of its larger float constants: for questions of shape. */
  static GraphDef outline(GraphDef graph) {
    return map(graph, GraphDefs::outline);
  }

  private static NodeDef outline(NodeDef node) {
    if (!node.getOp().equals("Const") || node.getSerializedSize() < 1024) {
      return node;
    }
    TensorProto value = node.getAttrOrThrow("value").getTensor();
    // Whole numbers may be shapes.
    return value.getDtype() != DataType.DT_FLOAT
        ? node
        : NodeDef.newBuilder()
            .setName(node.getName())
            .setOp("Placeholder")
            .putAttr("dtype", node.getAttrOrThrow("dtype"))
            .putAttr("shape", AttrValue.newBuilder().setShape(value.getTensorShape()).build())
            .build();
  }

  private static NodeDef withoutControl(NodeDef node) {
    List<String> inputs = node.getInputList().stream().filter(in -> !in.startsWith("^")).toList();
    return inputs.size() == node.getInputCount()
        ? node
        : node.toBuilder().clearInput().addAllInput(inputs).build();
  }

  /** As {@link #prune}, without the nodes {@code given} and what they alone need. */
  public static GraphDef upstream(GraphDef graph, Collection<String> roots, Set<String> given) {
    Map<String, NodeDef> nodes = new HashMap<>();
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Set<String> needed = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(roots);
    while (!open.isEmpty()) {
      String name = open.pop();
      if (!given.contains(name) && needed.add(name)) {
        NodeDef node = nodes.get(name);
        if (node == null) {
          throw new MalformedFileException(
              "the graph has no op '" + name + "', which one of its ops takes as input.");
        }
        node.getInputList().forEach(input -> open.add(node(input)));
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

  /** A float32 constant; {@code values} in row-major order. */
  public static NodeDef constant(String name, float[] values, Shape shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return constant(name, DataType.DT_FLOAT, bytes.array(), shape);
  }

  /** A constant of any type; {@code bytes} as they lie in memory. */
  public static NodeDef constant(String name, DataType type, byte[] bytes, Shape shape) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (long size : shape.asArray()) {
      dimensions.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Const")
        .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
        .putAttr(
            "value",
            AttrValue.newBuilder()
                .setTensor(
                    TensorProto.newBuilder()
                        .setDtype(type)
                        .setTensorShape(dimensions)
                        .setTensorContent(UnsafeByteOperations.unsafeWrap(bytes)))
                .build())
        .build();
  }

  /**
   * {@code graph} with every variable of {@code variables} a constant under the name of the op that
   * read it.
   *
   * @throws UnsupportedException when they are more than one file can hold, 2 GB
   */
  public static GraphDef freeze(
      GraphDef graph, Collection<Variable> variables, WeightStore values) {
    long bytes = variables.stream().mapToLong(v -> v.shape().size() * Float.BYTES).sum();
    if (bytes > MOST_BYTES) {
      throw new UnsupportedException(
          "a frozen graph holds at most 2 GB, the weights take "
              + bytes
              + " bytes. Export with variables.");
    }
    Map<String, Variable> reads = new HashMap<>();
    variables.forEach(v -> reads.put(v.read().op().name(), v));
    WeightStore all = values.unchanging();
    return map(
        graph,
        node -> {
          Variable variable = reads.get(node.getName());
          return variable == null
              ? node
              : constant(node.getName(), all.values(variable.name()), variable.shape());
        });
  }
}
