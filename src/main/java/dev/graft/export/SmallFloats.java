package dev.graft.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.tensorflow.proto.DataType;

/** Numbers in 16 bits, rounded to the nearest, ties to even, as TensorFlow's Cast rounds. */
final class SmallFloats {
  /** Half of the smallest float16; at most so much becomes 0. */
  private static final float NOTHING = 0x1p-25f;

  /** From here on float16 has no number left but infinity. */
  private static final float TOO_LARGE = 65_520f;

  private SmallFloats() {}

  /** {@code numbers} as {@code DT_HALF} or {@code DT_BFLOAT16}, little endian. */
  static byte[] of(FloatBuffer numbers, DataType type) {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.remaining() * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (numbers.hasRemaining()) {
      bytes.putShort((short) bits(numbers.get(), type));
    }
    return bytes.array();
  }

  /** The 16 bits of {@code number}, as a number from 0 on. */
  static int bits(float number, DataType type) {
    return (type == DataType.DT_HALF ? half(number) : brain(number)) & 0xffff;
  }

  private static short brain(float number) {
    int bits = Float.floatToRawIntBits(number);
    if (Float.isNaN(number)) {
      return (short) 0x7fc0;
    }
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  private static short half(float number) {
    int sign = Float.floatToRawIntBits(number) >>> 16 & 0x8000;
    float size = Math.abs(number);
    if (Float.isNaN(number)) {
      return (short) 0x7e00;
    }
    if (size >= TOO_LARGE) {
      return (short) (sign | 0x7c00);
    }
    if (size <= NOTHING) {
      return (short) sign;
    }
    if (size < 0x1p-14f) {
      // Multiples of the smallest; the product is exact, so that it is rounded once.
      return (short) (sign | (int) Math.rint(size * 0x1p24f));
    }
    int bits = Float.floatToRawIntBits(size);
    return (short) (sign | ((bits - (112 << 23) + 0xfff + (bits >>> 13 & 1)) >>> 13));
  }
}
