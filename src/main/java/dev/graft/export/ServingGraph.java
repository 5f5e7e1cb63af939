package dev.graft.export;

import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.WeightStore;
import dev.graft.network.Checkpoint;
import dev.graft.network.GraphDefs;
import dev.graft.network.Names;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.network.Variable;
import dev.graft.runtime.Settings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.VariableDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * The graph of a SavedModel: a model emitted afresh, so that no training op can be in it, with its
 * signatures, its saver and its variables declared. It is only written, never run.
 */
final class ServingGraph implements AutoCloseable {
  private final Network network;
  private final Ops tf;
  private final Signatures signatures = new Signatures();
  private final Map<String, Operand<?>> pictures = new LinkedHashMap<>();
  private final Set<String> roots = new HashSet<>();
  private final Set<String> begins = new HashSet<>();
  private final Set<String> ends = new HashSet<>();

  /**
   * Emits {@code model}.
   *
   * @param classifier null for a model that is no classifier of pictures
   * @param features layers whose outputs the signature {@code features} gives
   */
  ServingGraph(Model model, Classifier classifier, List<String> features) {
    network = Network.forInference(model, Settings.standard());
    tf = network.ops();
    List<Ref> to = new ArrayList<>(model.outputs());
    features.forEach(layer -> to.add(Ref.of(model.layer(layer).name())));
    Path path = network.path(Path.Mode.INFERENCE, model.inputs(), to);
    path.feeds().forEach(tensor -> begins.add(tensor.op().name()));
    path.outputs().forEach(tensor -> ends.add(tensor.op().name()));
    Map<String, Operand<?>> inputs = named(path.from(), path.feeds());
    int outputs = model.outputs().size();
    sign(Signatures.DEFAULT, inputs, named(model.outputs(), path.outputs().subList(0, outputs)));
    if (!features.isEmpty()) {
      List<Operand<?>> inner = path.outputs().subList(outputs, to.size());
      sign(Signatures.FEATURES, inputs, named(to.subList(outputs, to.size()), inner));
    }
    if (classifier != null) {
      addPictures(classifier, path);
    }
  }

  private void sign(String name, Map<String, Operand<?>> in, Map<String, Operand<?>> out) {
    signatures.add(name, in, out);
    in.values().forEach(tensor -> roots.add(tensor.op().name()));
    out.values().forEach(tensor -> roots.add(tensor.op().name()));
  }

  private static Map<String, Operand<?>> named(List<Ref> refs, List<Operand<?>> tensors) {
    List<String> names = Signatures.names(refs);
    Map<String, Operand<?>> named = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      named.put(names.get(i), tensors.get(i));
    }
    return named;
  }

  private void addPictures(Classifier classifier, Path path) {
    Operand<TString> files =
        tf.withName("image_bytes").placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
    Operand<?> prepared =
        PictureLoop.prepare(tf.withSubScope("pictures"), files, classifier.image());
    Operand<TFloat32> probabilities =
        classifier.probabilities(tf.withSubScope("scores"), path.output(0));
    Operand<TString> names = classifier.names(tf.withSubScope("scores"), probabilities);
    pictures.put(path.feeds().get(0).op().name(), prepared);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put("classes", names);
    outputs.put("probabilities", probabilities);
    sign(Signatures.IMAGES, Map.of("image_bytes", files), outputs);
  }

  /** Declares the variables, with ops that save and restore them. */
  MetaGraphDef withVariables(Settings.Precision precision) {
    MetaGraphDef.Builder meta = meta();
    Checkpoint checkpoint = new Checkpoint(network);
    Operand<TString> saved =
        tf.withSubScope("checkpoint")
            .withControlDependencies(List.of(checkpoint.saving()))
            .withName("saved")
            .identity(checkpoint.file());
    String restore = checkpoint.restoring().op().name();
    roots.add(saved.op().name());
    roots.add(restore);
    CollectionDef.BytesList.Builder all = CollectionDef.BytesList.newBuilder();
    CollectionDef.BytesList.Builder trainable = CollectionDef.BytesList.newBuilder();
    for (Variable variable : network.variables()) {
      VariableDef def = declare(variable);
      all.addValue(def.toByteString());
      if (variable.trainable()) {
        trainable.addValue(def.toByteString());
      }
    }
    return meta.setSaverDef(
            SaverDef.newBuilder()
                .setFilenameTensorName(Signatures.name(checkpoint.file()))
                .setSaveTensorName(Signatures.name(saved))
                .setRestoreOpName(restore)
                .setVersion(SaverDef.CheckpointFormatVersion.V2))
        .putCollectionDef("variables", CollectionDef.newBuilder().setBytesList(all).build())
        .putCollectionDef(
            "trainable_variables", CollectionDef.newBuilder().setBytesList(trainable).build())
        .setGraphDef(rounded(GraphDefs.prune(wired(), roots), precision))
        .build();
  }

  /** The same without variables: every weight is a constant of the graph. */
  MetaGraphDef withConstants(WeightStore values, Settings.Precision precision) {
    GraphDef frozen = GraphDefs.freeze(wired(), network.variables(), values);
    return meta().setGraphDef(rounded(GraphDefs.prune(frozen, roots), precision)).build();
  }

  /** What prepares pictures and names classes stays as it is. */
  private GraphDef rounded(GraphDef graph, Settings.Precision precision) {
    Set<String> inside = new HashSet<>();
    GraphDefs.upstream(graph, ends, begins)
        .getNodeList()
        .forEach(node -> inside.add(node.getName()));
    return Rounding.of(graph, precision, roots, inside);
  }

  private MetaGraphDef.Builder meta() {
    return MetaGraphDef.newBuilder()
        .setMetaInfoDef(
            MetaGraphDef.MetaInfoDef.newBuilder()
                .addTags("serve")
                .setTensorflowVersion(TensorFlow.version()))
        .putAllSignatureDef(signatures.all());
  }

  /** A variable as Python's loader wants it: with an op that gives it a first value. */
  private VariableDef declare(Variable variable) {
    String name = Names.op(variable.name());
    Operand<TFloat32> zeros =
        tf.withSubScope("zeros").fill(tf.constant(variable.shape().asArray()), tf.constant(0f));
    Operation assign =
        ((Graph) tf.scope().env())
            .opBuilder("AssignVariableOp", name + "/Assign", tf.scope())
            .addInput(variable.handle().asOutput())
            .addInput(zeros.asOutput())
            .setAttr("dtype", DataType.DT_FLOAT)
            .build();
    roots.add(assign.name());
    return VariableDef.newBuilder()
        .setVariableName(Signatures.name(variable.handle()))
        .setInitializerName(assign.name())
        .setInitialValueName(Signatures.name(zeros))
        .setSnapshotName(Signatures.name(variable.read()))
        .setIsResource(true)
        .setTrainable(variable.trainable())
        .build();
  }

  /**
   * The graph with the network's input computed from pictures unless it is fed, so that both
   * signatures share one network.
   */
  private GraphDef wired() {
    return GraphDefs.map(
        network.graph().toGraphDef(),
        node -> {
          Operand<?> prepared = pictures.get(node.getName());
          return prepared == null
              ? node
              : node.toBuilder()
                  .setOp("PlaceholderWithDefault")
                  .addInput(Signatures.name(prepared))
                  .build();
        });
  }

  @Override
  public void close() {
    network.close();
  }
}
