package dev.graft.export;

import dev.graft.error.SettingException;
import dev.graft.error.UnsupportedException;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Use;
import dev.graft.network.FrozenGraph;
import dev.graft.network.FrozenLayer;
import dev.graft.network.GraphDefs;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * A SavedModel or a frozen graph as a network of one layer without weights, for predicting and
 * scoring. It is never trained.
 *
 * @param model input, layer and output, named as {@code serving_default} names them
 * @param note what the file says of its use
 */
public record ServedNetwork(Model model, Note note) {
  /**
   * Reads {@code path}.
   *
   * @throws UnsupportedException when its graph calls functions, as Python's TensorFlow 2 writes it
   * @throws SettingException when it has several inputs or outputs
   */
  public static ServedNetwork read(Path path, Settings settings) {
    try (ServedModel served = ServedModel.open(path, settings)) {
      ServedSignature signature = served.signature(Signatures.DEFAULT);
      if (signature.inputs().size() != 1 || signature.outputs().size() != 1) {
        throw new SettingException(
            path
                + ": it takes "
                + signature.inputs().keySet()
                + " and gives "
                + signature.outputs().keySet()
                + ". As a MODEL it can have one of each; ask it with graft serve.");
      }
      Map.Entry<String, ServedSignature.Port> in = signature.inputs().entrySet().iterator().next();
      Map.Entry<String, ServedSignature.Port> out =
          signature.outputs().entrySet().iterator().next();
      FrozenLayer layer =
          new FrozenLayer(graph(served), in.getValue().tensor(), out.getValue().tensor());
      String input = in.getKey().equals(out.getKey()) ? in.getKey() + "_input" : in.getKey();
      Model model =
          new Model(
              "served",
              Model.Form.FUNCTIONAL,
              List.of(
                  new Model.Entry(input, true, new InputLayer(layer.input())),
                  new Model.Entry(out.getKey(), false, layer)),
              List.of(Use.of(input), Use.of(out.getKey(), Ref.of(input))),
              List.of(Ref.of(input)),
              List.of(Ref.of(out.getKey())));
      return new ServedNetwork(model, served.note());
    }
  }

  private static FrozenGraph graph(ServedModel served) {
    if (!Files.isDirectory(served.path())) {
      return FrozenGraph.read(served.path());
    }
    GraphDef graph = served.graph();
    Map<String, NodeDef> nodes = new HashMap<>();
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    GraphDef frozen =
        GraphDefs.map(
            graph,
            node -> {
              if (node.getOp().endsWith("PartitionedCall")) {
                throw new UnsupportedException(
                    served.path()
                        + ": its graph calls functions, as Python's TensorFlow 2 writes it. As a"
                        + " MODEL, Graft takes its own SavedModels; ask this one with graft"
                        + " serve.");
              }
              return node.getOp().equals("ReadVariableOp")
                      && nodes.get(GraphDefs.node(node.getInput(0))).getOp().equals("VarHandleOp")
                  ? constant(served, node)
                  : node;
            });
    return new FrozenGraph(served.path(), frozen);
  }

  private static NodeDef constant(ServedModel served, NodeDef read) {
    try (Result value = served.session().runner().fetch(read.getName()).run()) {
      return GraphDefs.constant(read.getName(), Tensors.read(value.get(0)), value.get(0).shape());
    }
  }
}
