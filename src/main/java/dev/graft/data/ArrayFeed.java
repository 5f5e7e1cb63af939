package dev.graft.data;

import dev.graft.layers.DType;
import dev.graft.layers.Spec;
import dev.graft.runtime.Tensors;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;

/** Stored arrays as they are, in float32. */
final class ArrayFeed implements Feed {
  private final Column column;
  private final int[] shape;
  private final int width;

  ArrayFeed(Column column) {
    this.column = column;
    this.shape = column.shape();
    this.width = Column.product(shape);
  }

  @Override
  public Spec spec() {
    return new Spec(Shape.of(dimensions(-1, shape)), DType.FLOAT32);
  }

  @Override
  public Tensor batch(int[] rows) {
    return Tensors.floats(floats(rows), dimensions(rows.length, shape));
  }

  /** The values of {@code rows}, one after the other. */
  float[] floats(int[] rows) {
    float[] values = new float[Math.multiplyExact(rows.length, width)];
    for (int i = 0; i < rows.length; i++) {
      column.read(rows[i], values, i * width);
    }
    return values;
  }

  /** Dimensions of a batch of {@code size} examples of {@code shape}. */
  static long[] dimensions(int size, int[] shape) {
    long[] dimensions = new long[shape.length + 1];
    dimensions[0] = size;
    for (int i = 0; i < shape.length; i++) {
      dimensions[i + 1] = shape[i];
    }
    return dimensions;
  }

  @Override
  public String identity(int row) {
    float[] values = floats(new int[] {row});
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return sha256(bytes.array());
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  @Override
  public void close() {}
}
