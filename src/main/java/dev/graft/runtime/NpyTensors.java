package dev.graft.runtime;

import dev.graft.error.ShapeException;
import dev.graft.error.UnsupportedException;
import dev.graft.files.ElementType;
import dev.graft.files.NpyArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TString;

/** Arrays as {@code .npy} files hold them, made tensors and back. */
public final class NpyTensors {
  private static final Map<DataType, ElementType> TYPES = types();

  private NpyTensors() {}

  private static Map<DataType, ElementType> types() {
    Map<DataType, ElementType> types = new EnumMap<>(DataType.class);
    types.put(DataType.DT_FLOAT, ElementType.FLOAT32);
    types.put(DataType.DT_DOUBLE, ElementType.FLOAT64);
    types.put(DataType.DT_HALF, ElementType.little(ElementType.Kind.FLOAT, 2));
    types.put(DataType.DT_INT32, ElementType.INT32);
    types.put(DataType.DT_INT64, ElementType.INT64);
    types.put(DataType.DT_UINT8, ElementType.UINT8);
    types.put(DataType.DT_BOOL, ElementType.BOOL);
    return types;
  }

  /** What NumPy calls the elements of tensors of {@code type}. */
  public static ElementType elements(DataType type) {
    ElementType elements = TYPES.get(type);
    if (elements == null) {
      throw new UnsupportedException(
          "a tensor of type "
              + type
              + ": NumPy arrays of it cannot be made. Known: "
              + TYPES.keySet());
    }
    return elements;
  }

  /**
   * A tensor of {@code type} with the elements of {@code array}, which are rounded where they have
   * more digits; the caller closes it.
   *
   * @throws ShapeException when fractions were to become whole numbers
   * @throws dev.graft.error.MalformedFileException when texts were to become numbers, or the other
   *     way round
   */
  public static Tensor of(NpyArray array, DataType type) {
    if (type == DataType.DT_STRING) {
      return Tensors.strings(array.texts(), array.shape());
    }
    elements(type);
    Shape shape = Shape.of(array.shape());
    boolean whole = type != DataType.DT_FLOAT && type != DataType.DT_DOUBLE;
    if (whole && !array.type().isInteger()) {
      throw new ShapeException(
          "expected whole numbers, came an array of " + array.type().label() + ".");
    }
    return switch (type) {
      case DT_FLOAT -> Tensors.floats(array.floats(), array.shape());
      case DT_DOUBLE -> TFloat64.tensorOf(shape, DataBuffers.of(array.doubles(), false, false));
      case DT_INT32 ->
          Tensors.ints(
              Arrays.stream(array.longs()).mapToInt(Math::toIntExact).toArray(), array.shape());
      case DT_INT64 -> Tensors.longs(array.longs(), array.shape());
      case DT_UINT8 -> Tensors.bytes(bytes(array), array.shape());
      case DT_BOOL -> bools(array, shape);
      default ->
          throw new UnsupportedException(
              "a tensor of type " + type + " cannot be made from numbers.");
    };
  }

  private static byte[] bytes(NpyArray array) {
    byte[] bytes = new byte[array.size()];
    long[] values = array.longs();
    for (int i = 0; i < bytes.length; i++) {
      if (values[i] < 0 || values[i] > 255) {
        throw new ShapeException("expected numbers from 0 to 255, came " + values[i] + ".");
      }
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static TBool bools(NpyArray array, Shape shape) {
    long[] values = array.longs();
    boolean[] truths = new boolean[values.length];
    for (int i = 0; i < truths.length; i++) {
      truths[i] = values[i] != 0;
    }
    return TBool.tensorOf(shape, DataBuffers.of(truths, false, false));
  }

  /** A copy of a tensor's elements. */
  public static NpyArray read(Tensor tensor) {
    if (tensor instanceof TString texts) {
      List<byte[]> all = new ArrayList<>();
      texts.asBytes().scalars().forEach(scalar -> all.add(scalar.getObject()));
      return NpyArray.of(tensor.shape().asArray(), all);
    }
    ElementType elements = elements(tensor.dataType());
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(tensor.numBytes())).order(ByteOrder.LITTLE_ENDIAN);
    tensor.asRawTensor().data().read(bytes.array());
    return new NpyArray(tensor.shape().asArray(), elements, bytes);
  }
}
