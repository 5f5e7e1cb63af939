package dev.graft.network;

import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Keeps graphs that come from strangers from touching this machine: a graph is a program, and some
 * of its ops read and write files, open connections or call Python.
 */
public final class GraphGuard {
  private static final Pattern REFUSED =
      Pattern.compile(
          "ReadFile|WriteFile|MatchingFiles|Print|PrintV2|(Eager)?PyFunc(Stateless)?"
              + "|(FixedLengthRecord|TextLine|TFRecord|WholeFile|LMDB|Identity)Reader(V2)?"
              + "|(FixedLengthRecord|TextLine|TFRecord|LMDB|Sql|MatchingFiles)Dataset(V[0-9])?"
              + "|(Experimental)?(SaveDataset|LoadDataset|SnapshotDataset|CSVDataset).*"
              + "|(Register|DataService|CollectiveBcast|Collective|Rpc|Debug|Worker).*"
              + "|(Create|Write|Flush|Close|Import).*Summary.*|SummaryWriter"
              + "|_?Send|_?Recv|_Host(Send|Recv)|RemoteCall|RemoteFusedGraphExecute");

  /** What a SavedModel's own saver may hold, and a signature may not reach. */
  private static final Set<String> SAVER =
      Set.of(
          "Save",
          "SaveV2",
          "SaveSlices",
          "ShardedFilename",
          "MergeV2Checkpoints",
          "Restore",
          "RestoreV2",
          "RestoreSlice");

  private GraphGuard() {}

  /**
   * Refuses a graph with an op that reaches out of TensorFlow.
   *
   * @param where the file, for the error
   * @param outputs tensors or ops somebody may ask for; what leads to them may not save or restore
   * @throws UnsupportedException naming the op
   */
  public static void check(String where, GraphDef graph, List<String> outputs) {
    List<NodeDef> nodes = new ArrayList<>(graph.getNodeList());
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      nodes.addAll(function.getNodeDefList());
    }
    for (NodeDef node : nodes) {
      if (REFUSED.matcher(node.getOp()).matches()) {
        throw refused(where, node);
      }
    }
    List<String> roots = outputs.stream().map(GraphDefs::node).toList();
    for (NodeDef node : GraphDefs.prune(graph, roots).getNodeList()) {
      if (SAVER.contains(node.getOp())) {
        throw refused(where, node);
      }
    }
  }

  private static UnsupportedException refused(String where, NodeDef node) {
    return new UnsupportedException(
        where
            + ": op '"
            + node.getName()
            + "' ("
            + node.getOp()
            + ") reaches out of the graph, to files or to other programs. Graft runs no such graph.");
  }
}
