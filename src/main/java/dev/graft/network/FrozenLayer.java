package dev.graft.network;

import dev.graft.error.MalformedFileException;
import dev.graft.error.ShapeException;
import dev.graft.layers.Call;
import dev.graft.layers.Layer;
import dev.graft.layers.Spec;
import dev.graft.layers.Value;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.Graph;
import org.tensorflow.GraphDefImport;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.GraphDef;

/**
 * A part of a frozen graph as a layer without weights: what leads from one of its tensors to
 * another. It is never trained; a head on it is.
 */
public final class FrozenLayer implements Layer {
  private final FrozenGraph file;
  private final String input;
  private final String output;
  private final GraphDef part;
  private final Spec in;
  private final Map<Spec, Spec> shapes = new ConcurrentHashMap<>();

  /**
   * The part of a frozen graph between two tensors.
   *
   * @param input the tensor that is replaced by this layer's input: {@code image} or {@code
   *     image:0}; what leads to it is left out
   * @param output the tensor that is this layer's output
   * @throws dev.graft.error.SettingException when there is no such tensor
   */
  public FrozenLayer(FrozenGraph file, String input, String output) {
    this.file = file;
    this.input = file.tensor(input);
    this.output = file.tensor(output);
    this.part = GraphDefs.between(file.graph(), this.input, this.output);
    this.in = inputSpec();
  }

  /** Reads {@code path} and takes the part between two tensors. */
  public static FrozenLayer read(Path path, String input, String output) {
    return new FrozenLayer(FrozenGraph.read(path), input, output);
  }

  private Spec inputSpec() {
    try (Graph graph = new Graph()) {
      graph.importGraphDef(file.graph());
      return Types.spec(output(graph, input));
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw new MalformedFileException(
          file.path() + ": TensorFlow cannot build this graph: " + reason(e), e);
    }
  }

  /** Shape, as far as the graph says, and type of what is fed. */
  public Spec input() {
    return in;
  }

  @Override
  public String className() {
    return "GraphDef";
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    return List.of(shapes.computeIfAbsent(inputs.get(0), this::infer));
  }

  private Spec infer(Spec spec) {
    try (Graph graph = new Graph()) {
      Operand<?> x =
          Ops.create(graph).placeholder(Types.of(spec.dtype()), Placeholder.shape(spec.shape()));
      Spec given = Types.spec(add(graph, "graph", x.asOutput()));
      if (given.shape().isUnknown()) {
        throw new ShapeException(
            file.path()
                + ": the number of dimensions of '"
                + output
                + "' is not known. Choose a tensor that has one.");
      }
      return given;
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw new ShapeException(
          file.path() + ": '" + input + "' cannot be " + spec + ": " + reason(e), e);
    }
  }

  private static String reason(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public List<Value> call(Call call) {
    Ops tf = call.tf();
    Output<?> x = call.inputs().get(0).tensor().asOutput();
    return List.of(Value.of(add((Graph) tf.scope().env(), tf.scope().makeOpName("graph"), x)));
  }

  private Output<?> add(Graph graph, String prefix, Output<?> x) {
    GraphDefImport.into(graph, part, prefix, input, x);
    return output(graph, prefix + "/" + output);
  }

  private static Output<?> output(Graph graph, String tensor) {
    int colon = tensor.lastIndexOf(':');
    return graph
        .operation(tensor.substring(0, colon))
        .output(Integer.parseInt(tensor.substring(colon + 1)));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("path", file.path().toString());
    config.put("input", input);
    config.put("output", output);
    return config;
  }
}
