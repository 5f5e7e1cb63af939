package dev.graft.runtime;

import dev.graft.files.FloatSink;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Checksum;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * Native tensors from arrays and back, in one copy. Whoever makes a tensor closes it.
 *
 * <p>A tensor that was fed to an assign op shares its memory with the variable: close it, but never
 * write to it again.
 */
public final class Tensors {
  private static final int PIECE = 1 << 16;

  private Tensors() {}

  /** A float32 tensor of {@code shape}, filled from {@code values} in row-major order. */
  public static TFloat32 floats(float[] values, long... shape) {
    return TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values, false, false));
  }

  /** An int32 tensor. */
  public static TInt32 ints(int[] values, long... shape) {
    return TInt32.tensorOf(Shape.of(shape), DataBuffers.of(values, false, false));
  }

  /** An int64 tensor. */
  public static TInt64 longs(long[] values, long... shape) {
    return TInt64.tensorOf(Shape.of(shape), DataBuffers.of(values, false, false));
  }

  /** A float64 tensor. */
  public static TFloat64 doubles(double[] values, long... shape) {
    return TFloat64.tensorOf(Shape.of(shape), DataBuffers.of(values, false, false));
  }

  /** A uint8 tensor. */
  public static TUint8 bytes(byte[] values, long... shape) {
    return TUint8.tensorOf(Shape.of(shape), DataBuffers.of(values, false, false));
  }

  /** A scalar string tensor that holds {@code bytes}, such as a JPEG file. */
  public static TString string(byte[] bytes) {
    return TString.tensorOfBytes(Shape.scalar(), DataBuffers.ofObjects(bytes));
  }

  /** A string tensor of {@code shape} whose elements hold bytes, in row-major order. */
  public static TString strings(List<byte[]> values, long... shape) {
    return TString.tensorOfBytes(
        Shape.of(shape), DataBuffers.ofObjects(values.toArray(byte[][]::new)));
  }

  /** A copy of the values of a float32 tensor. */
  public static float[] read(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.size())];
    read(tensor, values, 0);
    return values;
  }

  /** A copy of the values of a float64 tensor. */
  public static double[] readDoubles(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.size())];
    ((TFloat64) tensor).asRawTensor().data().asDoubles().read(values);
    return values;
  }

  /** Copies the values of a float32 tensor into {@code into}, from {@code offset} on. */
  public static void read(Tensor tensor, float[] into, int offset) {
    ((TFloat32) tensor)
        .asRawTensor()
        .data()
        .asFloats()
        .read(into, offset, Math.toIntExact(tensor.size()));
  }

  /** As the other method, of {@code count} values from {@code from} on. */
  public static void read(Tensor tensor, long from, float[] into, int offset, int count) {
    ((TFloat32) tensor).asRawTensor().data().asFloats().offset(from).read(into, offset, count);
  }

  /** Gives the values of a float32 tensor to {@code sink}, a piece at a time. */
  public static void read(Tensor tensor, FloatSink sink) {
    read(tensor, 0, tensor.size(), sink);
  }

  /** As the other method, of the values from {@code from} on and before {@code to}. */
  public static void read(Tensor tensor, long from, long to, FloatSink sink) {
    FloatDataBuffer values = ((TFloat32) tensor).asRawTensor().data().asFloats();
    float[] piece = new float[(int) Math.min(PIECE, to - from)];
    for (long at = from; at < to; at += piece.length) {
      int count = (int) Math.min(piece.length, to - at);
      values.offset(at).read(piece, 0, count);
      sink.accept(piece, count);
    }
  }

  /** A float32 tensor of {@code shape} with no values yet: {@link #copy} fills it. */
  public static TFloat32 room(long... shape) {
    try {
      return TFloat32.tensorOf(Shape.of(shape));
    } catch (NullPointerException e) {
      // What the binding makes of memory that TensorFlow did not get.
      throw new TFResourceExhaustedException(
          "no memory for a tensor of " + Arrays.toString(shape) + " float32 values");
    }
  }

  /** Copies {@code count} values into a float32 tensor, from element {@code offset} on. */
  public static void fill(Tensor into, long offset, float[] values, int count) {
    FloatDataBuffer target = ((TFloat32) into).asRawTensor().data().asFloats();
    target.offset(offset).write(values, 0, count);
  }

  /** Copies all of {@code from} into {@code into}, from element {@code offset} on; both float32. */
  public static void copy(Tensor from, Tensor into, long offset) {
    copy(from, 0, into, offset, from.size());
  }

  /** As the other method, {@code count} values from element {@code start} on. */
  public static void copy(Tensor from, long start, Tensor into, long offset, long count) {
    FloatDataBuffer target = ((TFloat32) into).asRawTensor().data().asFloats();
    FloatDataBuffer source = ((TFloat32) from).asRawTensor().data().asFloats();
    source.offset(start).copyTo(target.offset(offset), count);
  }

  /** Adds the bytes of a tensor of numbers to {@code sum}. */
  public static void sum(Tensor tensor, Checksum sum) {
    ByteDataBuffer bytes = tensor.asRawTensor().data();
    byte[] piece = new byte[(int) Math.min(PIECE, bytes.size())];
    for (long at = 0; at < bytes.size(); at += piece.length) {
      int count = (int) Math.min(piece.length, bytes.size() - at);
      bytes.offset(at).read(piece, 0, count);
      sum.update(piece, 0, count);
    }
  }

  /** The single value of a float32 tensor of one element. */
  public static float scalar(Tensor tensor) {
    float[] value = new float[1];
    read(tensor, value, 0);
    return value[0];
  }
}
