package dev.graft.data;

import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** The ops of {@link Images} in a session of their own. Thread-safe. */
final class ImageGraph implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session;
  private final Ends ends;

  /** The same for files that are known to be JPEGs. */
  private final Ends jpeg;

  /**
   * Where a graph is fed and fetched.
   *
   * @param fed files or pixels
   * @param prepared the model's input
   * @param values what {@link Transform#values} gives; null without augmentation
   * @param changed the model's input of the changed picture; null without augmentation
   */
  private record Ends(
      Operand<?> fed, Operand<?> prepared, Operand<TFloat64> values, Operand<?> changed) {}

  private final boolean pillow;

  /** Of stored pictures. */
  private ImageGraph(Function<Graph, Session> open, Function<Ops, Ends> build) {
    ends = build.apply(Ops.create(graph));
    jpeg = ends;
    pillow = false;
    session = open.apply(graph);
  }

  /** Of image files. */
  private ImageGraph(Preprocessing how, Function<Ops, Ends> build, Function<Ops, Ends> ofJpeg) {
    ends = build.apply(Ops.create(graph));
    jpeg = ofJpeg.apply(Ops.create(graph).withSubScope("jpeg"));
    pillow = how.decode() == Preprocessing.Decode.PILLOW;
    session = Settings.openForCallers(graph);
  }

  private interface Decoder {
    Operand<TUint8> decode(Ops tf, Operand<TString> bytes, Preprocessing how);
  }

  /**
   * Prepares one image file at a time, changed at random or not; many threads call it.
   *
   * @param changes the random changes, or null for none
   */
  static ImageGraph ofFiles(Preprocessing how, Augmentation changes) {
    return new ImageGraph(
        how,
        tf -> ofFile(tf, Decoding::decode, how, changes),
        tf -> ofFile(tf, Decoding::decodeJpeg, how, changes));
  }

  private static Ends ofFile(Ops tf, Decoder decoder, Preprocessing how, Augmentation changes) {
    Operand<TString> bytes = placeholder(tf, TString.class, Shape.scalar());
    Operand<TUint8> pixels = decoder.decode(tf, bytes, how);
    return ends(tf, bytes, tf.expandDims(pixels, tf.constant(0)), how, changes);
  }

  /** As {@link #ofFiles}, of one stored picture (height, width, channels) at a time. */
  static ImageGraph ofPictures(Preprocessing how, Column column, Augmentation changes) {
    return new ImageGraph(
        Settings::openForCallers,
        tf -> {
          int[] shape = column.shape();
          Operand<? extends TNumber> pixels =
              placeholder(tf, type(column), Shape.of(shape[0], shape[1], shape[2]));
          Operand<? extends TNumber> batch = tf.expandDims(pixels, tf.constant(0));
          return ends(tf, pixels, Decoding.recolor(tf, batch, shape[2], how.color()), how, changes);
        });
  }

  /** Decodes and does no more. */
  static ImageGraph ofCheck(Preprocessing how) {
    return new ImageGraph(
        how, tf -> check(tf, Decoding::decode, how), tf -> check(tf, Decoding::decodeJpeg, how));
  }

  private static Ends check(Ops tf, Decoder decoder, Preprocessing how) {
    Operand<TString> bytes = placeholder(tf, TString.class, Shape.scalar());
    return new Ends(bytes, tf.shape(decoder.decode(tf, bytes, how)), null, null);
  }

  /**
   * Prepares batches of stored pictures, all of one size.
   *
   * @param column pictures of (height, width, channels)
   */
  static ImageGraph ofBatches(Preprocessing how, Column column, Settings settings) {
    int[] shape = column.shape();
    Settings onCpu = new Settings(settings.threads(), "cpu", Settings.Precision.FLOAT32);
    return new ImageGraph(
        // Without graph rewriting, which turns divisions into products and so changes last bits.
        graph -> onCpu.open(graph, Settings.Kind.TRAINING),
        tf -> {
          Operand<? extends TNumber> pixels =
              placeholder(tf, type(column), Shape.of(-1, shape[0], shape[1], shape[2]));
          Operand<? extends TNumber> colored = Decoding.recolor(tf, pixels, shape[2], how.color());
          return new Ends(
              pixels, Images.standardize(tf, Images.resize(tf, colored, how), how), null, null);
        });
  }

  private static Class<? extends TNumber> type(Column column) {
    return column instanceof Column.Bytes ? TUint8.class : TFloat32.class;
  }

  private static <T extends TType> Operand<T> placeholder(Ops tf, Class<T> type, Shape shape) {
    return tf.placeholder(type, Placeholder.shape(shape));
  }

  private static Ends ends(
      Ops tf,
      Operand<?> fed,
      Operand<? extends TNumber> batch,
      Preprocessing how,
      Augmentation changes) {
    Operand<TFloat32> resized =
        tf.squeeze(Images.resize(tf, batch, how), Squeeze.axis(List.of(0L)));
    Operand<TFloat32> prepared = Images.standardize(tf, resized, how);
    if (changes == null) {
      return new Ends(fed, prepared, null, null);
    }
    Operand<TFloat64> values = placeholder(tf, TFloat64.class, Shape.of(changes.values()));
    Operand<TFloat32> changed = changes.apply(tf, resized, values);
    return new Ends(fed, prepared, values, Images.standardize(tf, changed, how));
  }

  /** True when files are decoded as Pillow does. */
  boolean pillow() {
    return pillow;
  }

  /** Prepares the picture in {@code file}'s bytes; the caller closes the tensor. */
  Tensor file(byte[] file, Change change) {
    try (TString bytes = Tensors.string(file)) {
      return run(PictureFile.jpeg(file) ? jpeg : ends, bytes, change);
    }
  }

  /**
   * Runs the graph on what it was built for; the caller closes the tensor that comes back.
   *
   * @param change the change of the picture, or null for none
   */
  Tensor run(Tensor value, Change change) {
    return run(ends, value, change);
  }

  private Tensor run(Ends way, Tensor value, Change change) {
    Session.Runner runner = session.runner().feed(way.fed, value);
    if (change == null) {
      return only(runner.fetch(way.prepared));
    }
    long[] size = shape();
    double[] numbers = change.values((int) size[0], (int) size[1]);
    try (Tensor values = Tensors.doubles(numbers, numbers.length)) {
      return only(runner.feed(way.values, values).fetch(way.changed));
    }
  }

  private static Tensor only(Session.Runner runner) {
    // The tensor outlives its Result, which holds nothing else.
    Result result = runner.run();
    return result.get(0);
  }

  /** The static shape of the output. */
  long[] shape() {
    return ends.prepared.shape().asArray();
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
