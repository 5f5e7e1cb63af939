package dev.graft.keras;

import dev.graft.error.MalformedFileException;
import dev.graft.files.FloatSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.Shape;

/**
 * A tensor of a weights file. Its values are read when asked for, and not kept.
 *
 * @param name where it lies, inside its file
 * @param shape fully known
 * @param dtype the stored element type under NumPy's name, such as {@code float32}
 * @param filters how the file packs it, such as {@code deflate}; empty when it does not
 * @param source reads the values, in row-major order, as float32
 */
public record StoredTensor(
    String name, Shape shape, String dtype, List<String> filters, Supplier<float[]> source) {
  /** Copies its list. */
  public StoredTensor {
    filters = List.copyOf(filters);
  }

  /** The values in row-major order, as float32, read from the file now. */
  public float[] values() {
    float[] values = source.get();
    if (values.length != shape.size()) {
      throw new MalformedFileException(
          "tensor '"
              + name
              + "': expected "
              + shape.size()
              + " values for the shape "
              + text(shape)
              + ", the file holds "
              + values.length
              + ". The file is damaged.");
    }
    return values;
  }

  /** Values that can come a piece at a time. */
  interface Streamed extends Supplier<float[]> {
    /** Gives all values, in row-major order. */
    void stream(FloatSink sink);
  }

  /** Gives the values to {@code sink}: a piece at a time where the file's order is the model's. */
  void read(FloatSink sink) {
    if (source instanceof Streamed streamed) {
      streamed.stream(sink);
    } else {
      float[] values = values();
      sink.accept(values, values.length);
    }
  }

  /** A shape as Python prints it: {@code (3, 3, 1, 64)}, {@code (64,)}, {@code ()}. */
  public static String text(Shape shape) {
    long[] sizes = shape.asArray();
    return Arrays.stream(sizes)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(", ", "(", sizes.length == 1 ? ",)" : ")"));
  }

  /** The same tensor under another name. */
  StoredTensor named(String other) {
    return new StoredTensor(other, shape, dtype, filters, source);
  }

  /** The same values in another shape of the same size. */
  StoredTensor reshaped(long... sizes) {
    return new StoredTensor(name, Shape.of(sizes), dtype, filters, source);
  }

  /** NumPy's {@code transpose}: dimension {@code i} of the result is {@code order[i]} of this. */
  StoredTensor transposed(int... order) {
    long[] from = shape.asArray();
    long[] to = Arrays.stream(order).mapToLong(i -> from[i]).toArray();
    return new StoredTensor(
        name, Shape.of(to), dtype, filters, () -> Rearranged.transpose(values(), from, order));
  }

  /** The same tensor turned round along its first {@code axes} dimensions. */
  StoredTensor flipped(int axes) {
    return new StoredTensor(
        name, shape, dtype, filters, () -> Rearranged.flip(values(), shape.asArray(), axes));
  }

  /** Tensors of equal first dimensions, joined along the last one. */
  static StoredTensor joined(String name, List<StoredTensor> parts) {
    long[] sizes = parts.get(0).shape().asArray();
    int last = sizes.length - 1;
    long rows = 1;
    for (int i = 0; i < last; i++) {
      rows *= sizes[i];
    }
    List<Integer> widths = new ArrayList<>();
    sizes[last] = 0;
    for (StoredTensor part : parts) {
      long[] partSizes = part.shape().asArray();
      if (partSizes.length != sizes.length || !Arrays.equals(sizes, 0, last, partSizes, 0, last)) {
        throw new MalformedFileException(
            "tensors "
                + parts.stream().map(p -> "'" + p.name() + "'").toList()
                + " belong together, their shapes "
                + parts.stream().map(p -> text(p.shape())).toList()
                + " do not fit. The file is damaged.");
      }
      sizes[last] += partSizes[last];
      widths.add(Math.toIntExact(partSizes[last]));
    }
    int count = Math.toIntExact(rows);
    return new StoredTensor(
        name,
        Shape.of(sizes),
        parts.get(0).dtype(),
        parts.get(0).filters(),
        () -> Rearranged.join(parts.stream().map(StoredTensor::values).toList(), widths, count));
  }
}
