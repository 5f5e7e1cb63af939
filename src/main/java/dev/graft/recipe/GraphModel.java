package dev.graft.recipe;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.error.UnsupportedException;
import dev.graft.export.ServedModel;
import dev.graft.export.ServedSignature;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Model;
import dev.graft.model.Surgery;
import dev.graft.network.FrozenGraph;
import dev.graft.network.FrozenLayer;
import dev.graft.network.GraphDefs;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.family.TFloating;

/**
 * A MODEL that is a graph and has no layers: a frozen {@code .pb}, or a SavedModel, whose variables
 * become constants. It can be asked, evaluated, served and exported again as a graph.
 */
final class GraphModel {
  private static final String SIGNATURE = "serving_default";
  private static final String FILE = "saved_model.pb";
  private static final Set<String> CALLS = Set.of("PartitionedCall", "StatefulPartitionedCall");

  private GraphModel() {}

  /** True for a {@code .pb} and for a SavedModel's folder, with or without its version level. */
  static boolean is(Path path) {
    return Files.isDirectory(path) ? ServedModel.is(path) : path.toString().endsWith(".pb");
  }

  static LoadedModel open(String text, Path path, Surroundings around) {
    try (ServedModel served = ServedModel.open(path, around.settings())) {
      ServedSignature signature = served.signature(SIGNATURE);
      String input = only(text, "input", signature.inputs());
      String output = only(text, "output", signature.outputs());
      FrozenLayer layer = new FrozenLayer(graph(served, output), input, output);
      Model model =
          Surgery.sequential(
              "graph",
              new InputLayer(layer.input()),
              List.of(new Surgery.Named("graphdef", layer)));
      return new LoadedModel(text, model, WeightPlan.initialise(), served.note(), null);
    }
  }

  private static String only(String text, String what, Map<String, ServedSignature.Port> ports) {
    if (ports.size() != 1) {
      throw new SettingException(
          text
              + ": its signature has "
              + ports.size()
              + " "
              + what
              + "s ("
              + String.join(", ", ports.keySet())
              + "), Graft reads graphs with one. Use the model's Keras file, or graft serve.");
    }
    return ports.values().iterator().next().tensor();
  }

  private static FrozenGraph graph(ServedModel served, String output) {
    if (!Files.isDirectory(served.path())) {
      return FrozenGraph.read(served.path());
    }
    Path file = served.path().resolve(FILE);
    GraphDef whole;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      whole = SavedModel.parseFrom(in).getMetaGraphs(0).getGraphDef();
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage() + ".", e);
    }
    GraphDef part = GraphDefs.prune(whole, List.of(GraphDefs.node(output)));
    Map<String, NodeDef> nodes = new HashMap<>();
    part.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    return new FrozenGraph(file, GraphDefs.map(part, node -> constant(node, nodes, served, file)));
  }

  /** A variable's reading becomes a constant, its handle goes; all else stays. */
  private static NodeDef constant(
      NodeDef node, Map<String, NodeDef> nodes, ServedModel served, Path file) {
    if (node.getOp().equals("VarHandleOp")) {
      return null;
    }
    boolean reads =
        node.getInputList().stream()
            .map(input -> nodes.get(GraphDefs.node(input)))
            .anyMatch(from -> from != null && from.getOp().equals("VarHandleOp"));
    if (CALLS.contains(node.getOp()) || (reads && !node.getOp().equals("ReadVariableOp"))) {
      throw new UnsupportedException(
          file
              + ": '"
              + node.getName()
              + "' calls a function with the model's variables, as Python's exporters write it."
              + " Graft takes its own and frozen graphs apart: use the model's Keras file, or graft"
              + " serve.");
    }
    return reads ? value(node, served, file) : node;
  }

  private static NodeDef value(NodeDef node, ServedModel served, Path file) {
    try (Result result = served.session().runner().fetch(node.getName() + ":0").run()) {
      Tensor tensor = result.get(0);
      if (!(tensor instanceof TFloating)) {
        throw new UnsupportedException(
            file + ": '" + node.getName() + "' is a variable of " + tensor.dataType() + ".");
      }
      byte[] bytes = new byte[Math.toIntExact(tensor.numBytes())];
      tensor.asRawTensor().data().read(bytes);
      return GraphDefs.constant(node.getName(), tensor.dataType(), bytes, tensor.shape());
    }
  }
}
