package dev.graft.network;

import dev.graft.error.MalformedFileException;
import dev.graft.error.ShapeException;
import dev.graft.layers.Call;
import dev.graft.layers.Layer;
import dev.graft.layers.Spec;
import dev.graft.layers.Value;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.tensorflow.Graph;
import org.tensorflow.GraphDefImport;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * A part of a frozen graph as a layer without weights: what leads from one of its tensors to
 * another. It is never trained; a head on it is.
 *
 * <p>A graph that takes one example at a time (the contents of one file, or a batch that is always
 * 1, as those of TensorFlow's first Inception) is run on each example of a batch in turn.
 */
public final class FrozenLayer implements Layer {
  private final FrozenGraph file;
  private final String input;
  private final String output;
  private final GraphDef part;

  /** The same without the values of its weights, for what only asks about shapes. */
  private final GraphDef outline;

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
    // A weight that is handed on first is none to those ops that arrange their weights only once.
    this.part =
        GraphDefs.direct(
            GraphDefs.between(file.graph(), this.input, this.output), List.of(this.output));
    this.outline = GraphDefs.outline(part);
    this.in = inputSpec();
    if (in.shape().isUnknown()) {
      throw new ShapeException(
          file.path()
              + ": the number of dimensions of '"
              + input
              + "' is not known. Choose a tensor that has one.");
    }
  }

  /** Reads {@code path} and takes the part between two tensors. */
  public static FrozenLayer read(Path path, String input, String output) {
    return new FrozenLayer(FrozenGraph.read(path), input, output);
  }

  private Spec inputSpec() {
    try (Graph graph = new Graph()) {
      GraphDef before = GraphDefs.prune(file.graph(), List.of(GraphDefs.node(input)));
      graph.importGraphDef(GraphDefs.outline(before));
      return Types.spec(output(graph, input));
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw new MalformedFileException(
          file.path() + ": TensorFlow cannot build this graph: " + reason(e), e);
    }
  }

  /** Stands for what this part of the graph computes, weights included: 64 bits of its bytes. */
  public String contents() {
    CRC32 one = new CRC32();
    CRC32C other = new CRC32C();
    try (OutputStream nowhere = OutputStream.nullOutputStream();
        OutputStream both = new CheckedOutputStream(new CheckedOutputStream(nowhere, one), other)) {
      part.writeTo(both);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return one.getValue() + " " + other.getValue();
  }

  /** Shape, as far as the graph says, and type of a batch of what is fed. */
  public Spec input() {
    return in.rank() == 0
        ? new Spec(Shape.of(-1), in.dtype())
        : new Spec(Shape.of(-1).append(in.shape().tail()), in.dtype());
  }

  @Override
  public String className() {
    return "GraphDef";
  }

  /** There may be anything in the graph. */
  @Override
  public boolean branches() {
    return true;
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    return List.of(shapes.computeIfAbsent(inputs.get(0), this::outputs));
  }

  private Spec outputs(Spec batch) {
    if (in.rank() == 0) {
      return result(infer(new Spec(Shape.scalar(), in.dtype())));
    }
    Spec all = infer(batch);
    return fixed(all) ? result(infer(one(batch))) : all;
  }

  /** True when the graph gives a set number of rows whatever it is fed. */
  private static boolean fixed(Spec output) {
    return output.rank() == 0 || output.size(0) > 0;
  }

  /** One example with a batch dimension of 1. */
  private static Spec one(Spec batch) {
    return new Spec(Shape.of(1).append(batch.shape().tail()), batch.dtype());
  }

  /** What a batch of results of one example each is. */
  private static Spec result(Spec one) {
    Shape rest = one.rank() > 0 && one.size(0) == 1 ? one.shape().tail() : one.shape();
    return new Spec(Shape.of(-1).append(rest), one.dtype());
  }

  private Spec infer(Spec spec) {
    try (Graph graph = new Graph()) {
      Operand<?> x =
          Ops.create(graph).placeholder(Types.of(spec.dtype()), Placeholder.shape(spec.shape()));
      Spec given = Types.spec(add(graph, outline, "graph", x.asOutput()));
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
    Operand<?> x = call.inputs().get(0).tensor();
    Spec batch = call.specs().get(0);
    boolean each = in.rank() == 0 || fixed(infer(batch));
    return List.of(Value.of(each ? rounds(tf, x, batch) : applied(tf, x)));
  }

  private <T extends TType> Operand<TFloat32> rounds(Ops tf, Operand<T> x, Spec batch) {
    Shape one = outputs(batch).shape().tail();
    return Rounds.each(
        tf.withSubScope("rounds"),
        x,
        one,
        (loop, example) -> {
          Operand<T> fed = in.rank() == 0 ? example : loop.expandDims(example, loop.constant(0));
          Operand<TFloat32> result = loop.dtypes.cast(number(applied(loop, fed)), TFloat32.class);
          return loop.reshape(result, loop.constant(one.asArray()));
        });
  }

  @SuppressWarnings("unchecked")
  private static Operand<? extends TNumber> number(Output<?> output) {
    return (Operand<? extends TNumber>) output;
  }

  private Output<?> applied(Ops tf, Operand<?> x) {
    return add((Graph) tf.scope().env(), part, tf.scope().makeOpName("graph"), x.asOutput());
  }

  private Output<?> add(Graph graph, GraphDef what, String prefix, Output<?> x) {
    GraphDefImport.into(graph, what, prefix, input, x);
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
