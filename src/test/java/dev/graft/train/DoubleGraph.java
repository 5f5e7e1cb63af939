package dev.graft.train;

import dev.graft.files.NpyArray;
import dev.graft.network.GraphDefs;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.network.Variable;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The graph of a network as it predicts, op by op, with float64 in place of float32: what Graft
 * computes but for rounding.
 */
final class DoubleGraph {
  private static final String FUSED = "FusedBatchNormV3";

  private DoubleGraph() {}

  /** The network's only output for its only input, in float64. */
  static double[] run(Network network, NpyArray x) {
    Path path = network.inference();
    String output = path.outputs().get(0).asOutput().op().name();
    Set<String> reads =
        network.variables().stream().map(v -> v.read().op().name()).collect(Collectors.toSet());
    GraphDef whole = GraphDefs.upstream(network.graph().toGraphDef(), List.of(output), Set.of());
    GraphDef.Builder doubled = whole.toBuilder().clearNode();
    for (NodeDef node : whole.getNodeList()) {
      if (node.getOp().equals(FUSED)) {
        doubled.addAllNode(composed(node));
      } else {
        doubled.addNode(reads.contains(node.getName()) ? fed(node) : doubled(node));
      }
    }
    GraphDef pruned = GraphDefs.prune(doubled.build(), List.of(output));
    try (Graph graph = new Graph()) {
      graph.importGraphDef(pruned);
      try (Session session = Settings.standard().open(graph, Settings.Kind.TRAINING)) {
        return run(session, network, x, output, graph);
      }
    }
  }

  private static double[] run(
      Session session, Network network, NpyArray x, String output, Graph graph) {
    Session.Runner runner = session.runner().fetch(output);
    List<Tensor> tensors = new ArrayList<>();
    try {
      tensors.add(Tensors.doubles(x.doubles(), x.shape()));
      runner.feed(network.inference().feeds().get(0).asOutput().op().name(), tensors.get(0));
      for (Variable variable : network.variables()) {
        if (graph.operation(variable.read().op().name()) != null) {
          float[] values = network.values(variable.name());
          double[] wide = new double[values.length];
          for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
          }
          tensors.add(Tensors.doubles(wide, variable.shape().asArray()));
          runner.feed(variable.read().op().name(), tensors.get(tensors.size() - 1));
        }
      }
      try (Result result = runner.run()) {
        return Tensors.readDoubles(result.get(0));
      }
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  /** A variable's value is fed: a graph holds 2 GB of constants at most. */
  private static NodeDef fed(NodeDef read) {
    return NodeDef.newBuilder()
        .setName(read.getName())
        .setOp("Placeholder")
        .putAttr("dtype", type(DataType.DT_DOUBLE))
        .build();
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  private static NodeDef doubled(NodeDef node) {
    NodeDef.Builder changed = node.toBuilder();
    node.getAttrMap().forEach((key, value) -> changed.putAttr(key, doubled(value)));
    return changed.build();
  }

  private static AttrValue doubled(AttrValue value) {
    AttrValue.Builder changed = value.toBuilder();
    switch (value.getValueCase()) {
      case TYPE -> changed.setType(doubled(value.getType()));
      case LIST ->
          changed
              .getListBuilder()
              .clearType()
              .addAllType(
                  value.getList().getTypeList().stream().map(DoubleGraph::doubled).toList());
      case TENSOR -> {
        if (value.getTensor().getDtype() == DataType.DT_FLOAT) {
          changed.setTensor(doubled(value.getTensor()));
        }
      }
      default -> {}
    }
    return changed.build();
  }

  private static DataType doubled(DataType type) {
    return type == DataType.DT_FLOAT ? DataType.DT_DOUBLE : type;
  }

  private static TensorProto doubled(TensorProto tensor) {
    TensorProto.Builder changed =
        tensor.toBuilder().setDtype(DataType.DT_DOUBLE).clearFloatVal().clearTensorContent();
    ByteBuffer bytes = tensor.getTensorContent().asReadOnlyByteBuffer();
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    List<Float> values = new ArrayList<>(tensor.getFloatValList());
    while (bytes.remaining() >= Float.BYTES) {
      values.add(bytes.getFloat());
    }
    // They are settings, such as 0.001 or 1/255: meant is that, and not the float next to it.
    values.forEach(v -> changed.addDoubleVal(decimal(v)));
    return changed.build();
  }

  /** What somebody wrote: a decimal number, or 1 by a whole number. */
  private static double decimal(float value) {
    long parts = Math.round(1.0 / value);
    return parts > 1 && (float) (1.0 / parts) == value
        ? 1.0 / parts
        : Double.parseDouble(Float.toString(value));
  }

  /** A batch normalisation of its parts, for TensorFlow's own knows float32 alone. */
  private static List<NodeDef> composed(NodeDef node) {
    if (node.getAttrOrThrow("is_training").getB()) {
      throw new IllegalStateException(node.getName() + " is training");
    }
    String name = node.getName();
    String x = node.getInput(0);
    double epsilon = decimal(node.getAttrOrThrow("epsilon").getF());
    List<NodeDef> parts = new ArrayList<>();
    parts.add(scalar(name + "/epsilon", epsilon));
    parts.add(op("AddV2", name + "/wide", node.getInput(4), name + "/epsilon"));
    parts.add(op("Rsqrt", name + "/narrow", name + "/wide"));
    parts.add(op("Mul", name + "/factor", name + "/narrow", node.getInput(1)));
    parts.add(op("Sub", name + "/centred", x, node.getInput(3)));
    parts.add(op("Mul", name + "/scaled", name + "/centred", name + "/factor"));
    parts.add(op("AddV2", name, name + "/scaled", node.getInput(2)));
    return parts;
  }

  private static NodeDef scalar(String name, double value) {
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Const")
        .putAttr("dtype", type(DataType.DT_DOUBLE))
        .putAttr(
            "value",
            AttrValue.newBuilder()
                .setTensor(
                    TensorProto.newBuilder()
                        .setDtype(DataType.DT_DOUBLE)
                        .setTensorShape(TensorShapeProto.getDefaultInstance())
                        .addDoubleVal(value))
                .build())
        .build();
  }

  private static NodeDef op(String op, String name, String... inputs) {
    return NodeDef.newBuilder()
        .setName(name)
        .setOp(op)
        .addAllInput(List.of(inputs))
        .putAttr("T", type(DataType.DT_DOUBLE))
        .build();
  }
}
