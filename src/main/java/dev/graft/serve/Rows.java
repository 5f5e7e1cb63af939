package dev.graft.serve;

import dev.graft.files.ElementType;
import dev.graft.files.NpyArray;
import dev.graft.runtime.NpyTensors;
import dev.graft.runtime.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;

/**
 * The elements of a tensor on the heap, where they can be joined and cut along the first dimension.
 *
 * @param type what the elements are
 * @param shape the lengths of the dimensions
 * @param numbers the elements, little endian; null for texts
 * @param texts the elements of a tensor of strings; null for numbers
 */
record Rows(DataType type, long[] shape, ByteBuffer numbers, List<byte[]> texts) {
  static Rows of(DataType type, long[] shape, ByteBuffer numbers) {
    return new Rows(type, shape, numbers.order(ByteOrder.LITTLE_ENDIAN), null);
  }

  static Rows of(long[] shape, List<byte[]> texts) {
    return new Rows(DataType.DT_STRING, shape, null, texts);
  }

  /** A copy of a tensor's elements. */
  static Rows read(Tensor tensor) {
    if (tensor.dataType() != DataType.DT_STRING) {
      NpyArray array = NpyTensors.read(tensor);
      return of(tensor.dataType(), array.shape(), array.data());
    }
    List<byte[]> texts = new ArrayList<>();
    for (NdArray<byte[]> scalar : ((TString) tensor).asBytes().scalars()) {
      texts.add(scalar.getObject());
    }
    return of(tensor.shape().asArray(), texts);
  }

  /** How many there are: the first dimension, or 1 for a scalar. */
  int count() {
    return shape.length == 0 ? 1 : Math.toIntExact(shape[0]);
  }

  /** The number of elements. */
  int size() {
    return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
  }

  /** Type and shape but for the number of rows: only equal ones can be joined. */
  String kind() {
    return type
        + Arrays.toString(shape.length == 0 ? shape : Arrays.copyOfRange(shape, 1, shape.length));
  }

  /** The rows of all, one after the other; they are of one {@link #kind}. */
  static Rows join(List<Rows> parts) {
    Rows first = parts.get(0);
    if (parts.size() == 1) {
      return first;
    }
    long[] shape = first.shape.clone();
    shape[0] = parts.stream().mapToInt(Rows::count).sum();
    if (first.texts != null) {
      List<byte[]> texts = new ArrayList<>();
      parts.forEach(part -> texts.addAll(part.texts));
      return of(shape, texts);
    }
    ByteBuffer all = ByteBuffer.allocate(parts.stream().mapToInt(p -> p.numbers.limit()).sum());
    parts.forEach(part -> all.put(part.numbers.duplicate().rewind()));
    return of(first.type, shape, all.flip());
  }

  /** The rows {@code from} to {@code to}, which is left out. */
  Rows slice(int from, int to) {
    if (from == 0 && to == count()) {
      return this;
    }
    int each = size() / count();
    long[] part = shape.clone();
    part[0] = (long) to - from;
    if (texts != null) {
      return of(part, texts.subList(from * each, to * each));
    }
    int width = numbers.limit() / Math.max(1, size());
    return of(type, part, numbers.slice(from * each * width, (to - from) * each * width));
  }

  /** A tensor with these elements; the caller closes it. */
  Tensor tensor() {
    return texts != null ? Tensors.strings(texts, shape) : NpyTensors.of(array(), type);
  }

  /** The numbers as an array. */
  NpyArray array() {
    ElementType elements = NpyTensors.elements(type);
    return new NpyArray(shape, elements, numbers.duplicate().rewind());
  }
}
