package dev.graft.network;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.graft.config.Nearest;
import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.SettingException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * A GraphDef without variables, as it lies in a {@code .pb} file.
 *
 * @param path the file
 * @param graph what it holds
 */
public record FrozenGraph(Path path, GraphDef graph) {
  private static final Set<String> VARIABLES =
      Set.of("VarHandleOp", "VariableV2", "Variable", "AutoReloadVariable", "TemporaryVariable");

  /**
   * Reads a {@code .pb} file.
   *
   * @throws MalformedFileException when it is no GraphDef
   * @throws dev.graft.error.UnsupportedException when its ops reach out of the graph
   */
  public static FrozenGraph read(Path path) {
    GraphDef graph = parse(path);
    if (graph.getNodeCount() == 0) {
      throw new MalformedFileException(
          path + ": expected a frozen graph (a GraphDef), found none. Check the file.");
    }
    for (NodeDef node : graph.getNodeList()) {
      if (VARIABLES.contains(node.getOp())) {
        throw new MalformedFileException(
            path
                + ": '"
                + node.getName()
                + "' is a variable, and a .pb has no values for it. Freeze the graph first.");
      }
    }
    FrozenGraph frozen = new FrozenGraph(path, graph);
    GraphGuard.check(path.toString(), graph, frozen.ends());
    return frozen;
  }

  private static GraphDef parse(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new DataException(path + ": there is no such file. Check the path.");
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      return GraphDef.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedFileException(
          path + ": expected a frozen graph (a GraphDef), found something else. Check the file.",
          e);
    } catch (IOException e) {
      throw new DataException(path + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }

  /** The ops that are fed. */
  public List<String> placeholders() {
    return graph.getNodeList().stream()
        .filter(node -> node.getOp().equals("Placeholder"))
        .map(NodeDef::getName)
        .toList();
  }

  /** The ops whose outputs nobody in the graph uses. */
  public List<String> ends() {
    Set<String> used = new HashSet<>();
    graph
        .getNodeList()
        .forEach(node -> node.getInputList().forEach(i -> used.add(GraphDefs.node(i))));
    return graph.getNodeList().stream()
        .filter(node -> !used.contains(node.getName()) && !node.getOp().equals("NoOp"))
        .map(NodeDef::getName)
        .toList();
  }

  /**
   * The full name of a tensor: {@code pool_3} and {@code pool_3:0} are {@code pool_3:0}.
   *
   * @throws SettingException when there is no such op
   */
  public String tensor(String name) {
    String node = GraphDefs.node(name);
    if (graph.getNodeList().stream().noneMatch(n -> n.getName().equals(node))) {
      List<String> known = new ArrayList<>(placeholders());
      known.addAll(ends());
      throw new SettingException(
          path
              + " has no tensor '"
              + name
              + "'."
              + Nearest.hint(node, graph.getNodeList().stream().map(NodeDef::getName).toList())
              + " Its ends: "
              + String.join(", ", known)
              + ".");
    }
    return name.contains(":") ? name : name + ":0";
  }
}
