package dev.graft.data;

import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/** The ops of {@link Images} in a session of their own. Thread-safe. */
final class ImageGraph implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session;
  private final Operand<?> fed;
  private final Operand<?> prepared;

  private ImageGraph(Function<Graph, Session> open, Function<Ops, Operand<?>[]> build) {
    Operand<?>[] ends = build.apply(Ops.create(graph));
    fed = ends[0];
    prepared = ends[1];
    session = open.apply(graph);
  }

  /** Prepares one image file at a time; many threads call it, each run uses one. */
  static ImageGraph ofFiles(Preprocessing how) {
    return new ImageGraph(
        Settings::openForCallers,
        tf -> {
          Operand<TString> bytes = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
          return new Operand<?>[] {bytes, Images.prepare(tf, bytes, how)};
        });
  }

  /**
   * Decodes and does no more, at an eighth of a JPEG's size, which finds the same faults sooner.
   */
  static ImageGraph ofCheck(Preprocessing how) {
    return new ImageGraph(
        Settings::openForCallers,
        tf -> {
          Operand<TString> bytes = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
          return new Operand<?>[] {bytes, tf.shape(Decoding.decode(tf, bytes, how))};
        });
  }

  /**
   * Prepares batches of stored pictures, all of one size.
   *
   * @param column pictures of (height, width, channels)
   */
  static ImageGraph ofArrays(Preprocessing how, Column column, Settings settings) {
    int[] shape = column.shape();
    Class<? extends TNumber> type = column instanceof Column.Bytes ? TUint8.class : TFloat32.class;
    Settings onCpu = new Settings(settings.threads(), "cpu", Settings.Precision.FLOAT32);
    return new ImageGraph(
        // Without graph rewriting, which turns divisions into products and so changes last bits.
        graph -> onCpu.open(graph, Settings.Kind.TRAINING),
        tf -> {
          Operand<? extends TNumber> pixels =
              tf.placeholder(type, Placeholder.shape(Shape.of(-1, shape[0], shape[1], shape[2])));
          Operand<? extends TNumber> colored = Decoding.recolor(tf, pixels, shape[2], how.color());
          return new Operand<?>[] {
            pixels, Images.standardize(tf, Images.resize(tf, colored, how), how)
          };
        });
  }

  /** Prepares the picture in {@code file}'s bytes; the caller closes the tensor. */
  Tensor file(byte[] file) {
    try (TString bytes = Tensors.string(file)) {
      return run(bytes);
    }
  }

  /** Runs the graph on what it was built for; the caller closes the tensor that comes back. */
  Tensor run(Tensor value) {
    // The tensor outlives its Result, which holds nothing else.
    Result result = session.runner().feed(fed, value).fetch(prepared).run();
    return result.get(0);
  }

  /** The static shape of the output. */
  long[] shape() {
    return prepared.shape().asArray();
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
