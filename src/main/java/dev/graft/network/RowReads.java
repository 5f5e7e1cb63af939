package dev.graft.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * The places where nothing but rows of a variable is read on the way to a loss, as an Embedding
 * does.
 *
 * @param reads one for each such op; empty when the variable is also read as a whole, as by a
 *     regularizer, or only so
 */
public record RowReads(List<Read> reads) {
  /** A variable that is read as a whole. */
  public static final RowReads NONE = new RowReads(List.of());

  private static final String GATHER = "GatherV2";

  /**
   * One op that reads rows.
   *
   * @param rows what it gives: the shape of {@code places}, then that of a row
   * @param places which rows
   */
  public record Read(Output<TFloat32> rows, Operand<? extends TNumber> places) {}

  /** The reads of each of {@code variables}, in order, on the way to {@code loss}. */
  public static List<RowReads> of(Graph graph, Output<?> loss, List<Variable> variables) {
    // Most networks have none: a copy of the graph, which may hold a frozen one, is not made then.
    if (variables.stream().noneMatch(RowReads::gathered)) {
      return Collections.nCopies(variables.size(), NONE);
    }
    List<RowReads> found = new ArrayList<>();
    Map<String, NodeDef> nodes = new LinkedHashMap<>();
    graph.toGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Set<String> before = GradientCheck.upstream(nodes, loss.op().name());
    Map<String, List<String>> users = GradientCheck.users(nodes);
    for (Variable variable : variables) {
      String read = variable.read().asOutput().op().name();
      List<Read> reads = new ArrayList<>();
      boolean whole = false;
      for (String user : users.getOrDefault(read, List.of())) {
        if (!before.contains(user)) {
          continue;
        }
        if (rows(nodes, nodes.get(user), read)) {
          reads.add(read(graph, nodes.get(user)));
        } else {
          whole = true;
        }
      }
      found.add(whole ? NONE : new RowReads(reads));
    }
    return found;
  }

  private static boolean gathered(Variable variable) {
    GraphOperation read = (GraphOperation) variable.read().asOutput().op();
    return read.consumers(0).stream().anyMatch(user -> user.type().equals(GATHER));
  }

  /** Whether {@code node} takes from {@code read} along the first axis. */
  private static boolean rows(Map<String, NodeDef> nodes, NodeDef node, String read) {
    if (!node.getOp().equals(GATHER) || !GradientCheck.node(node.getInput(0)).equals(read)) {
      return false;
    }
    NodeDef axis = nodes.get(GradientCheck.node(node.getInput(2)));
    if (node.getAttrOrThrow("batch_dims").getI() != 0 || !axis.getOp().equals("Const")) {
      return false;
    }
    TensorProto value = axis.getAttrOrThrow("value").getTensor();
    return value.getIntValCount() == 1
        ? value.getIntVal(0) == 0
        : value
            .getTensorContent()
            .asReadOnlyByteBuffer()
            .equals(java.nio.ByteBuffer.allocate(value.getTensorContent().size()));
  }

  private static Read read(Graph graph, NodeDef node) {
    GraphOperation gather = graph.operation(node.getName());
    String places = node.getInput(1);
    int colon = places.indexOf(':');
    int index = colon < 0 ? 0 : Integer.parseInt(places.substring(colon + 1));
    return new Read(
        gather.output(0), graph.operation(GradientCheck.node(places)).<TNumber>output(index));
  }
}
