package dev.graft.data;

import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.List;
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

/**
 * Prepares some JPEGs in one run of a graph, so that they share what a run costs and come out as
 * one tensor. Each has the pixels that it has alone. Thread-safe.
 */
final class JpegGroup implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session;
  private final List<Operand<TString>> files = new ArrayList<>();
  private final Operand<TFloat32> pictures;

  /** A graph for {@code count} files, which is worth it where {@link #fits}. */
  JpegGroup(Preprocessing how, int count) {
    Ops tf = Ops.create(graph);
    List<Operand<TFloat32>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Operand<TString> file = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
      files.add(file);
      // One after the other: no more than one is there in its full size.
      Ops next = i == 0 ? tf : tf.withControlDependencies(List.of(all.get(i - 1)));
      Operand<TUint8> decoded = Decoding.decodeJpeg(next, file, how);
      Operand<TUint8> one = tf.expandDims(decoded, tf.constant(0));
      all.add(Images.standardize(tf, Images.resize(tf, one, how), how));
    }
    pictures = tf.concat(all, tf.constant(0));
    session = Settings.openForCallers(graph);
  }

  /** True for what takes few ops a picture and gives all the same size. */
  static boolean fits(Preprocessing how) {
    return how.size() != null
        && how.resize() == Preprocessing.Resize.TF
        && how.decode() != Preprocessing.Decode.NONE
        && !how.turned();
  }

  /** The pictures as (count, height, width, channels); the caller closes the tensor. */
  Tensor prepared(List<byte[]> bytes) {
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      for (int i = 0; i < bytes.size(); i++) {
        fed.add(Tensors.string(bytes.get(i)));
        runner.feed(files.get(i), fed.get(i));
      }
      // The tensor outlives its Result, which holds nothing else.
      Result result = runner.fetch(pictures).run();
      return result.get(0);
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
