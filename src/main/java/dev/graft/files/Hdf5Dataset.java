package dev.graft.files;

import dev.graft.error.MalformedFileException;
import dev.graft.error.UnsupportedException;
import io.jhdf.api.Dataset;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjIntConsumer;

/** A dataset of an {@link Hdf5File}: an array of numbers or strings. Values come in C order. */
public final class Hdf5Dataset {
  private static final int PIECE = 1 << 14;
  private static final int MOST_STRING_BYTES = 1 << 28;

  private final Hdf5Source source;
  private final Dataset dataset;
  private final String path;
  private final long[] shape;
  private final ElementType type;
  private final long size;

  Hdf5Dataset(Hdf5Source source, Dataset dataset, String path) {
    this.source = source;
    this.dataset = dataset;
    this.path = path;
    this.shape = source.read(place(), dataset::getDimensionsAsLong);
    this.type = source.read(place(), () -> Hdf5Types.of(dataset.getDataType()));
    this.size = source.read(place(), this::elements);
  }

  private long elements() {
    if (dataset.getSize() == 0) {
      return 0;
    }
    long count = 1;
    for (long length : shape) {
      if (length < 0) {
        throw source.damaged(place(), "its shape is " + Arrays.toString(shape));
      }
      count = Math.multiplyExact(count, length);
    }
    Math.multiplyExact(count, Math.max(1, type.bytes()));
    return count;
  }

  /** The path from the root, such as {@code /model_weights/dense/dense/kernel:0}. */
  public String path() {
    return path;
  }

  /** The last part of the path. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The lengths of the dimensions; empty for a scalar. */
  public long[] shape() {
    return shape.clone();
  }

  /** How many elements there are: the product of the shape. */
  public long size() {
    return size;
  }

  public ElementType type() {
    return type;
  }

  /** How the elements lie in the file: {@code contiguous}, {@code chunked} or {@code compact}. */
  public String layout() {
    return source.read(
        place(), () -> dataset.getDataLayout().name().toLowerCase(java.util.Locale.ROOT));
  }

  /** The names of the storage filters in the order they were applied, such as shuffle, deflate. */
  public List<String> filters() {
    return source.read(
        place(), () -> dataset.getFilters().stream().map(filter -> filter.getName()).toList());
  }

  public Hdf5Attributes attributes() {
    return new Hdf5Attributes(source, dataset, place());
  }

  /** All values, converted to float. */
  public float[] floats() {
    float[] all = new float[length()];
    read(FloatBuffer.wrap(all));
    return all;
  }

  /**
   * Puts all values into {@code target}, which may be the memory of a native tensor: one copy, and
   * nothing of the dataset's size on the Java heap unless it is stored in chunks.
   *
   * @param target room for {@link #size()} floats from its position on; its position moves on
   */
  public void read(FloatBuffer target) {
    if (target.remaining() < size) {
      throw new IllegalArgumentException(
          place() + " has " + size + " values, the target has room for " + target.remaining());
    }
    read((values, count) -> target.put(values, 0, count));
  }

  /** Gives all values to {@code sink}, converted to float, a piece at a time. */
  public void read(FloatSink sink) {
    rows(0, rowCount(), sink);
  }

  /**
   * Gives rows {@code from} to {@code to - 1} along the first dimension to {@code sink}.
   *
   * @throws IllegalArgumentException when the dataset has no such rows
   */
  public void rows(long from, long to, FloatSink sink) {
    numeric();
    float[] piece = new float[PIECE];
    raw(
        from,
        to,
        bytes -> {
          while (bytes.hasRemaining()) {
            int count = Math.min(PIECE, bytes.remaining() / type.bytes());
            type.floats(bytes.slice(), piece, 0, count);
            bytes.position(bytes.position() + count * type.bytes());
            sink.accept(piece, count);
          }
        });
  }

  /** All values as double. */
  public double[] doubles() {
    numeric();
    DoubleBuffer all = DoubleBuffer.allocate(length());
    each((bytes, i) -> all.put(type.doubleAt(bytes, i)));
    return all.array();
  }

  /**
   * All values of a dataset of integers or truth values.
   *
   * @throws MalformedFileException when its elements are no integers
   */
  public long[] longs() {
    if (!type.isInteger()) {
      throw new MalformedFileException(
          source.where(place()) + ": expected integers, found " + type.label() + ".");
    }
    LongBuffer all = LongBuffer.allocate(length());
    each((bytes, i) -> all.put(type.longAt(bytes, i)));
    return all.array();
  }

  /** Gives every element: a piece of the data, and its number there. */
  private void each(ObjIntConsumer<ByteBuffer> sink) {
    raw(
        0,
        rowCount(),
        bytes -> {
          ByteBuffer part = bytes.slice().order(type.order());
          for (int i = 0; i < part.remaining() / type.bytes(); i++) {
            sink.accept(part, i);
          }
        });
  }

  /** All values of a dataset of strings. */
  public List<String> strings() {
    if (type.kind() != ElementType.Kind.STRING) {
      throw new MalformedFileException(
          source.where(place()) + ": expected strings, found " + type.label() + ".");
    }
    if (size == 0) {
      return List.of();
    }
    if (size > MOST_STRING_BYTES / Math.max(1, type.bytes())) {
      throw source.damaged(place(), "it says it holds " + size + " strings");
    }
    Hdf5Layout.of(source, dataset, this).checkAgainstFile();
    return source.read(place(), () -> Hdf5Types.strings(dataset.getData()));
  }

  /** How many rows there are along the first dimension; a scalar is one row. */
  private long rowCount() {
    return shape.length == 0 ? 1 : shape[0];
  }

  private void raw(long from, long to, java.util.function.Consumer<ByteBuffer> sink) {
    if (from < 0 || from > to || to > rowCount()) {
      throw new IllegalArgumentException(
          place() + " has " + rowCount() + " rows, not " + from + " to " + to);
    }
    if (size == 0 || from == to) {
      return;
    }
    Hdf5Layout layout = Hdf5Layout.of(source, dataset, this);
    layout.checkAgainstFile();
    layout.read(from, to, sink);
  }

  /** The size as an array length, after the file was seen to be able to hold so much. */
  private int length() {
    if (size > 0) {
      Hdf5Layout.of(source, dataset, this).checkAgainstFile();
    }
    if (size > Integer.MAX_VALUE - 8) {
      throw new UnsupportedException(
          source.where(place())
              + ": it has "
              + size
              + " values, more than one Java array holds. Read it in rows.");
    }
    return (int) size;
  }

  private void numeric() {
    if (!type.isNumeric()) {
      throw new MalformedFileException(
          source.where(place()) + ": expected numbers, found " + type.label() + ".");
    }
  }

  String place() {
    return "dataset '" + path + "'";
  }
}
