package dev.graft.export;

import com.google.protobuf.ByteString;
import dev.graft.error.SettingException;
import dev.graft.network.GraphDefs;
import dev.graft.runtime.Settings;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * Turns a float32 graph into one whose convolutions and matrix products are computed in 16 bits,
 * and whose weights of these are kept in 16 bits. Everything else, and all inputs and outputs, stay
 * float32. The graph says so itself, so that whoever runs it needs no settings.
 *
 * <p>Float16 has few kernels on processors: depthwise, transposed and three-dimensional
 * convolutions and channels first run there hundreds of times slower or not at all (TensorFlow
 * 2.18). These keep their weights in 16 bits and compute in float32.
 */
final class Rounding {
  private static final Set<String> PRODUCTS =
      Set.of(
          "Conv2D",
          "DepthwiseConv2dNative",
          "Conv2DBackpropInput",
          "Conv3D",
          "Conv3DBackpropInputV2",
          "MatMul",
          "BatchMatMul",
          "BatchMatMulV2",
          "Einsum");

  private static final Set<String> FAST_IN_FLOAT16 =
      Set.of("Conv2D", "MatMul", "BatchMatMul", "BatchMatMulV2");

  /** Ops that give a weight another shape; it stays in 16 bits through them. */
  private static final Set<String> SHAPES =
      Set.of("Identity", "Reshape", "ExpandDims", "Squeeze", "Transpose");

  private final DataType type;
  private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
  private final Map<String, List<NodeDef>> readers = new HashMap<>();
  private final Set<String> products = new HashSet<>();
  private final Set<String> weights = new HashSet<>();
  private final Map<String, NodeDef> casts = new LinkedHashMap<>();
  private final Set<String> roots;

  private Rounding(
      GraphDef graph, Settings.Precision precision, Set<String> roots, Set<String> inside) {
    this.type = type(precision);
    this.roots = roots;
    for (NodeDef node : graph.getNodeList()) {
      nodes.put(node.getName(), node);
      node.getInputList()
          .forEach(in -> readers.computeIfAbsent(in(in), k -> new ArrayList<>()).add(node));
      if (PRODUCTS.contains(node.getOp())
          && node.getAttrOrThrow("T").getType() == DataType.DT_FLOAT
          && inside.contains(node.getName())) {
        products.add(node.getName());
      }
    }
  }

  /**
   * Rounds {@code graph}.
   *
   * @param roots ops whose outputs are asked for, which keep their type
   * @param inside ops that are part of the network
   */
  static GraphDef of(
      GraphDef graph, Settings.Precision precision, Set<String> roots, Set<String> inside) {
    return precision == Settings.Precision.FLOAT32
        ? graph
        : new Rounding(graph, precision, roots, inside).round(graph);
  }

  /** TensorFlow's type. */
  static DataType type(Settings.Precision precision) {
    return switch (precision) {
      case FLOAT32 -> DataType.DT_FLOAT;
      case BFLOAT16 -> DataType.DT_BFLOAT16;
      case FLOAT16 -> DataType.DT_HALF;
    };
  }

  /** How far outputs may be from those of float32, as a part of the largest or of 1. */
  static double tolerance(Settings.Precision precision) {
    return switch (precision) {
      case FLOAT32 -> Finding.TOLERANCE;
      case BFLOAT16 -> 5e-2;
      case FLOAT16 -> 1e-2;
    };
  }

  /** The variables of {@code graph} that are kept in 16 bits, with their type. */
  static Map<String, DataType> variables(GraphDef graph) {
    Map<String, DataType> rounded = new HashMap<>();
    for (NodeDef node : graph.getNodeList()) {
      DataType kept = node.getOp().equals("VarHandleOp") ? attr(node, "dtype") : DataType.DT_FLOAT;
      if (kept != DataType.DT_FLOAT) {
        rounded.put(node.getAttrOrThrow("shared_name").getS().toStringUtf8(), kept);
      }
    }
    return rounded;
  }

  private GraphDef round(GraphDef graph) {
    for (NodeDef node : nodes.values()) {
      boolean weight =
          (node.getOp().equals("Const") || node.getOp().equals("ReadVariableOp"))
              && attr(node, "dtype") == DataType.DT_FLOAT;
      if (weight && readers.containsKey(node.getName()) && forProducts(node.getName())) {
        mark(node.getName());
      }
    }
    if (products.isEmpty()) {
      throw new SettingException(
          "--precision: the network has no convolution and no matrix product, there is nothing to"
              + " compute in 16 bits. Leave it out.");
    }
    GraphDef.Builder rounded = graph.toBuilder().clearNode();
    nodes.values().forEach(node -> rewrite(node).forEach(rounded::addNode));
    return rounded.addAllNode(casts.values()).build();
  }

  /** True when nothing but products reads {@code name}, and what saves a variable. */
  private boolean forProducts(String name) {
    boolean any = false;
    for (NodeDef reader : readers.getOrDefault(name, List.of())) {
      boolean shaped = shapes(reader, name);
      if (shaped ? !forProducts(reader.getName()) : !multiplies(reader, name) && !saves(reader)) {
        return false;
      }
      any |= !saves(reader);
    }
    return any && !roots.contains(name);
  }

  private static boolean saves(NodeDef node) {
    return node.getOp().equals("SaveV2");
  }

  private boolean multiplies(NodeDef node, String input) {
    return products.contains(node.getName())
        && node.getInputList().subList(0, first(node)).stream().noneMatch(i -> in(i).equals(input));
  }

  private static boolean shapes(NodeDef node, String input) {
    return SHAPES.contains(node.getOp())
        && in(node.getInput(0)).equals(input)
        && attr(node, "T") == DataType.DT_FLOAT;
  }

  private void mark(String name) {
    weights.add(name);
    readers.get(name).stream()
        .filter(reader -> shapes(reader, name))
        .forEach(reader -> mark(reader.getName()));
  }

  /** The first input that holds numbers: a transposed convolution begins with sizes. */
  private static int first(NodeDef node) {
    return node.getOp().contains("BackpropInput") ? 1 : 0;
  }

  private boolean computed(NodeDef node) {
    boolean last =
        !node.containsAttr("data_format")
            || !node.getAttrOrThrow("data_format").getS().toStringUtf8().startsWith("NC");
    return type == DataType.DT_BFLOAT16 || (FAST_IN_FLOAT16.contains(node.getOp()) && last);
  }

  private List<NodeDef> rewrite(NodeDef node) {
    if (products.contains(node.getName())) {
      return computed(node) ? product(node) : List.of(widened(node));
    }
    if (weights.contains(node.getName())) {
      return List.of(weight(node));
    }
    return List.of(
        switch (node.getOp()) {
          case "VarHandleOp" -> handle(node) ? with(node, "dtype", type) : node;
          case "AssignVariableOp" -> handle(nodes.get(in(node.getInput(0)))) ? assign(node) : node;
          case "SaveV2" -> saved(node);
          case "RestoreV2" -> restored(node);
          default -> node;
        });
  }

  /** The product in 16 bits, and under its old name the result in 32. */
  private List<NodeDef> product(NodeDef node) {
    NodeDef.Builder small =
        node.toBuilder().setName(node.getName() + "/" + suffix()).putAttr("T", value(type));
    for (int i = first(node); i < node.getInputCount(); i++) {
      String input = node.getInput(i);
      if (!input.startsWith("^") && !weights.contains(in(input))) {
        small.setInput(i, cast(input, DataType.DT_FLOAT, type));
      }
    }
    NodeDef wide =
        NodeDef.newBuilder()
            .setName(node.getName())
            .setOp("Cast")
            .addInput(small.getName())
            .putAttr("SrcT", value(type))
            .putAttr("DstT", value(DataType.DT_FLOAT))
            .build();
    return List.of(small.build(), wide);
  }

  /** A product in float32 of weights in 16 bits. */
  private NodeDef widened(NodeDef node) {
    NodeDef.Builder same = node.toBuilder();
    for (int i = first(node); i < node.getInputCount(); i++) {
      if (weights.contains(in(node.getInput(i)))) {
        same.setInput(i, cast(node.getInput(i), type, DataType.DT_FLOAT));
      }
    }
    return same.build();
  }

  private String cast(String input, DataType from, DataType to) {
    int colon = input.lastIndexOf(':');
    String index = colon < 0 || input.endsWith(":0") ? "" : "_" + input.substring(colon + 1);
    String name = in(input) + index + "/to_" + (to == type ? suffix() : "float32");
    casts.computeIfAbsent(
        name,
        n ->
            NodeDef.newBuilder()
                .setName(n)
                .setOp("Cast")
                .addInput(input)
                .putAttr("SrcT", value(from))
                .putAttr("DstT", value(to))
                .build());
    return name;
  }

  private NodeDef weight(NodeDef node) {
    return switch (node.getOp()) {
      case "Const" -> constant(node);
      case "ReadVariableOp" -> with(node, "dtype", type);
      default -> with(node, "T", type);
    };
  }

  private NodeDef constant(NodeDef node) {
    TensorProto tensor = node.getAttrOrThrow("value").getTensor();
    FloatBuffer numbers =
        tensor
            .getTensorContent()
            .asReadOnlyByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    TensorProto.Builder small =
        tensor.toBuilder()
            .setDtype(type)
            .clearFloatVal()
            .setTensorContent(ByteString.copyFrom(SmallFloats.of(numbers, type)));
    // Others' constants may list their values, of which the last one is repeated.
    tensor.getFloatValList().forEach(value -> small.addHalfVal(SmallFloats.bits(value, type)));
    return with(node, "dtype", type).toBuilder()
        .putAttr("value", AttrValue.newBuilder().setTensor(small).build())
        .build();
  }

  /** True for the handle of a variable that is kept in 16 bits. */
  private boolean handle(NodeDef node) {
    return node.getOp().equals("VarHandleOp")
        && readers.getOrDefault(node.getName(), List.of()).stream()
            .anyMatch(r -> weights.contains(r.getName()));
  }

  private NodeDef assign(NodeDef node) {
    NodeDef from = nodes.get(in(node.getInput(1)));
    NodeDef typed = with(node, "dtype", type);
    return from.getOp().equals("RestoreV2")
        ? typed
        : typed.toBuilder().setInput(1, cast(node.getInput(1), DataType.DT_FLOAT, type)).build();
  }

  private NodeDef saved(NodeDef node) {
    int before = 3;
    var types = node.getAttrOrThrow("dtypes").getList().toBuilder();
    for (int i = 0; i < types.getTypeCount(); i++) {
      if (weights.contains(in(node.getInput(before + i)))) {
        types.setType(i, type);
      }
    }
    return node.toBuilder()
        .putAttr("dtypes", AttrValue.newBuilder().setList(types).build())
        .build();
  }

  private NodeDef restored(NodeDef node) {
    var types = node.getAttrOrThrow("dtypes").getList().toBuilder();
    for (NodeDef reader : readers.getOrDefault(node.getName(), List.of())) {
      if (reader.getOp().equals("AssignVariableOp") && handle(nodes.get(in(reader.getInput(0))))) {
        String input = reader.getInput(1);
        int colon = input.lastIndexOf(':');
        types.setType(colon < 0 ? 0 : Integer.parseInt(input.substring(colon + 1)), type);
      }
    }
    return node.toBuilder()
        .putAttr("dtypes", AttrValue.newBuilder().setList(types).build())
        .build();
  }

  private String suffix() {
    return type == DataType.DT_HALF ? "float16" : "bfloat16";
  }

  private static String in(String input) {
    return GraphDefs.node(input);
  }

  private static DataType attr(NodeDef node, String name) {
    return node.getAttrOrDefault(name, AttrValue.getDefaultInstance()).getType();
  }

  private static NodeDef with(NodeDef node, String name, DataType type) {
    return node.toBuilder().putAttr(name, value(type)).build();
  }

  private static AttrValue value(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }
}
