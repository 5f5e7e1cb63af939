package dev.graft.network;

import dev.graft.error.TrainingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/**
 * Looks at every op between a loss and the trainable variables before gradients are asked for.
 *
 * <p>TensorFlow's C++ gradients are missing for most ops, silently wrong for a few, and end the
 * process for some. Only ops whose gradient was compared with finite differences are let through.
 */
public final class GradientCheck {
  /**
   * Ops whose C++ gradient was measured right for every attribute Graft sets. LogSoftmax is not
   * among them: its gradient sums over dimension 1 whatever the rank.
   */
  private static final Set<String> RIGHT =
      Set.of(
          ("Conv2D DepthwiseConv2dNative Conv2DBackpropInput MatMul BatchMatMul BatchMatMulV2"
                  + " BatchMatMulV3 Einsum BiasAdd Relu Relu6 LeakyRelu Elu Selu Erf Sigmoid Tanh"
                  + " Softplus Softsign Softmax MaxPool MaxPoolV2 AvgPool MaxPool3D AvgPool3D"
                  + " FusedBatchNormV3 Mean Sum Max Min Prod Reshape ConcatV2 AddN Add AddV2 Sub"
                  + " Mul RealDiv Div DivNoNan Maximum Minimum Pow SquaredDifference Pad PadV2"
                  + " MirrorPad ResizeBilinear ResizeNearestNeighbor ResizeBicubic"
                  + " ScaleAndTranslate CropAndResize StridedSlice Slice GatherV2 GatherNd"
                  + " ScatterNd Transpose Squeeze ExpandDims Tile BroadcastTo ReverseV2 Roll"
                  + " SpaceToDepth DepthToSpace SpaceToBatchND BatchToSpaceND"
                  + " SoftmaxCrossEntropyWithLogits L2Loss Abs Log Log1p Exp Expm1 Square Sqrt"
                  + " Rsqrt Neg Sin Cos Reciprocal Inv Lgamma ClipByValue Cast Select SelectV2"
                  + " Split SplitV Unpack Pack Cumsum SegmentSum UnsortedSegmentSum Identity LRN"
                  + " ReadVariableOp")
              .split(" "));

  /** Ops through which no gradient flows, rightly: the path ends there. */
  private static final Set<String> STOPS =
      Set.of(
          ("StopGradient Floor Ceil Round Rint Sign Shape ShapeN Size Rank ZerosLike OnesLike"
                  + " Equal NotEqual Greater GreaterEqual Less LessEqual ArgMax ArgMin OneHot"
                  + " LogicalAnd LogicalOr LogicalNot IsNan IsInf IsFinite Range Fill Any All"
                  + " StatelessRandomUniform StatelessRandomNormal StatelessTruncatedNormal")
              .split(" "));

  private GradientCheck() {}

  /**
   * The variables among {@code xs} that the loss depends on.
   *
   * @throws TrainingException naming the op and layer, when one on the way has no gradient known to
   *     be right
   */
  public static List<Variable> reached(Graph graph, Output<?> loss, List<Variable> xs) {
    Map<String, NodeDef> nodes = new LinkedHashMap<>();
    graph.toGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Set<String> before = upstream(nodes, loss.op().name());
    Map<String, List<String>> users = users(nodes);
    List<Variable> reached = new ArrayList<>();
    Set<String> checked = new HashSet<>();
    for (Variable x : xs) {
      String read = x.read().asOutput().op().name();
      if (before.contains(read)) {
        reached.add(x);
        checkAfter(read, nodes, users, before, checked);
      }
    }
    return reached;
  }

  /**
   * Looks at the ops between {@code y} and {@code x}, which need not be a variable.
   *
   * @throws TrainingException as {@link #reached} does
   */
  public static void between(Graph graph, Output<?> x, Output<?> y) {
    Map<String, NodeDef> nodes = new LinkedHashMap<>();
    graph.toGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Set<String> before = upstream(nodes, y.op().name());
    checkAfter(x.op().name(), nodes, users(nodes), before, new HashSet<>());
  }

  private static void checkAfter(
      String start,
      Map<String, NodeDef> nodes,
      Map<String, List<String>> users,
      Set<String> before,
      Set<String> checked) {
    Deque<String> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      String name = open.pop();
      if (!checked.add(name)) {
        continue;
      }
      for (String user : users.getOrDefault(name, List.of())) {
        NodeDef node = nodes.get(user);
        if (before.contains(user) && !STOPS.contains(node.getOp())) {
          refuse(node);
          open.push(user);
        }
      }
    }
  }

  private static void refuse(NodeDef node) {
    String why = null;
    if (!RIGHT.contains(node.getOp())) {
      why = "TensorFlow's native gradient of it is missing or was not checked";
    } else if (node.getOp().contains("Conv") && dilated(node)) {
      why = "TensorFlow's native gradient of a dilated convolution is wrong";
    } else if (explicit(node)) {
      why = "TensorFlow's native gradient of explicit padding fails";
    } else if (node.getOp().equals("LRN") && !standardLrn(node)) {
      why = "TensorFlow's native gradient of LRN is wrong for other than its default settings";
    }
    if (why != null) {
      throw new TrainingException(
          "op "
              + node.getOp()
              + " ('"
              + node.getName()
              + "') lies between the loss and a trainable weight, and "
              + why
              + ". Freeze the layers before it, or replace the layer.");
    }
  }

  private static boolean dilated(NodeDef node) {
    return node.getAttrMap().containsKey("dilations")
        && !node.getOp().equals("Conv2DBackpropInput")
        && node.getAttrOrThrow("dilations").getList().getIList().stream().anyMatch(d -> d != 1);
  }

  private static boolean explicit(NodeDef node) {
    AttrValue padding = node.getAttrMap().get("padding");
    return padding != null
        && padding.getS().toStringUtf8().equals("EXPLICIT")
        && !node.getOp().equals("Conv2DBackpropInput");
  }

  private static boolean standardLrn(NodeDef node) {
    return node.getAttrOrThrow("depth_radius").getI() == 5
        && node.getAttrOrThrow("bias").getF() == 1
        && node.getAttrOrThrow("alpha").getF() == 1
        && node.getAttrOrThrow("beta").getF() == 0.5f;
  }

  static Set<String> upstream(Map<String, NodeDef> nodes, String from) {
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(from));
    while (!open.isEmpty()) {
      String name = open.pop();
      if (seen.add(name)) {
        nodes.get(name).getInputList().stream()
            .filter(input -> !input.startsWith("^"))
            .forEach(input -> open.push(node(input)));
      }
    }
    return seen;
  }

  static Map<String, List<String>> users(Map<String, NodeDef> nodes) {
    Map<String, List<String>> users = new HashMap<>();
    for (NodeDef node : nodes.values()) {
      for (String input : node.getInputList()) {
        if (!input.startsWith("^")) {
          users.computeIfAbsent(node(input), key -> new ArrayList<>()).add(node.getName());
        }
      }
    }
    return users;
  }

  static String node(String input) {
    int colon = input.indexOf(':');
    return colon < 0 ? input : input.substring(0, colon);
  }
}
