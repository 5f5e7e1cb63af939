package dev.graft.files;

import dev.graft.error.MalformedFileException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An array as a {@code .npy} file holds it.
 *
 * @param shape the lengths of the dimensions; empty for a scalar
 * @param type what its elements are
 * @param data the elements in C order, from position 0 to the limit, in the byte order of the type
 */
public record NpyArray(long[] shape, ElementType type, ByteBuffer data) {
  /** Checks that the data are as many as the shape and the type say. */
  public NpyArray {
    shape = shape.clone();
    data = data.duplicate().order(type.order());
    boolean known = type.isNumeric() || type.isText();
    if (!known || (long) data.limit() != size(shape) * type.bytes()) {
      throw new IllegalArgumentException(
          data.limit() + " bytes are no " + type.label() + " of " + Arrays.toString(shape));
    }
  }

  /** An array of float32. */
  public static NpyArray of(long[] shape, float... values) {
    ByteBuffer data = room(values.length, 4);
    data.asFloatBuffer().put(values);
    return new NpyArray(shape, ElementType.FLOAT32, data);
  }

  /** An array of float64. */
  public static NpyArray of(long[] shape, double... values) {
    ByteBuffer data = room(values.length, 8);
    data.asDoubleBuffer().put(values);
    return new NpyArray(shape, ElementType.FLOAT64, data);
  }

  /** An array of int32. */
  public static NpyArray of(long[] shape, int... values) {
    ByteBuffer data = room(values.length, 4);
    data.asIntBuffer().put(values);
    return new NpyArray(shape, ElementType.INT32, data);
  }

  /** An array of int64. */
  public static NpyArray of(long[] shape, long... values) {
    ByteBuffer data = room(values.length, 8);
    data.asLongBuffer().put(values);
    return new NpyArray(shape, ElementType.INT64, data);
  }

  /** An array of elements of one byte: int8, uint8 or bool. */
  public static NpyArray of(long[] shape, ElementType type, byte... values) {
    return new NpyArray(shape, type, ByteBuffer.wrap(values));
  }

  /** An array of texts, kept as UTF-8 in the length of the longest. */
  public static NpyArray of(long[] shape, String... texts) {
    return of(
        shape, Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList());
  }

  /** An array of texts, given as their bytes. */
  public static NpyArray of(long[] shape, List<byte[]> texts) {
    int width = texts.stream().mapToInt(text -> text.length).max().orElse(1);
    ElementType type = ElementType.little(ElementType.Kind.STRING, Math.max(1, width));
    ByteBuffer data = room(texts.size(), type.bytes());
    for (int i = 0; i < texts.size(); i++) {
      data.put(i * type.bytes(), texts.get(i));
    }
    return new NpyArray(shape, type, data);
  }

  private static ByteBuffer room(int count, int width) {
    return ByteBuffer.allocate(Math.multiplyExact(count, width)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The product of {@code shape}; fails on overflow. */
  static long size(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** How many elements there are. */
  public int size() {
    return data.limit() / type.bytes();
  }

  /** All elements as float, rounded where they have more digits. */
  public float[] floats() {
    numbers();
    float[] values = new float[size()];
    type.floats(data.duplicate(), values, 0, values.length);
    return values;
  }

  /** All elements as double. */
  public double[] doubles() {
    numbers();
    ByteBuffer from = data.duplicate().order(type.order());
    double[] values = new double[size()];
    Arrays.setAll(values, i -> type.doubleAt(from, i));
    return values;
  }

  private void numbers() {
    if (type.isText()) {
      throw new MalformedFileException("an array of numbers was expected, found texts.");
    }
  }

  /**
   * All elements of an array of texts, each in UTF-8, without the zeros that fill it up.
   *
   * @throws MalformedFileException when the elements are numbers
   */
  public List<byte[]> texts() {
    if (!type.isText()) {
      throw new MalformedFileException(
          "an array of texts was expected, found " + type.label() + ".");
    }
    boolean wide = type.kind() == ElementType.Kind.UNICODE;
    List<byte[]> texts = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      ByteBuffer one = data.slice(i * type.bytes(), type.bytes()).order(type.order());
      texts.add(wide ? unicode(one) : bytes(one));
    }
    return texts;
  }

  private static byte[] bytes(ByteBuffer one) {
    int length = one.limit();
    while (length > 0 && one.get(length - 1) == 0) {
      length--;
    }
    byte[] bytes = new byte[length];
    one.get(0, bytes);
    return bytes;
  }

  private static byte[] unicode(ByteBuffer one) {
    int length = one.limit() / Integer.BYTES;
    while (length > 0 && one.getInt(Integer.BYTES * (length - 1)) == 0) {
      length--;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      int letter = one.getInt(Integer.BYTES * i);
      if (!Character.isValidCodePoint(letter)) {
        throw new MalformedFileException("a text holds " + letter + ", which is no character.");
      }
      text.appendCodePoint(letter);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * All elements of an array of integers or truth values.
   *
   * @throws MalformedFileException when the elements are floating point
   */
  public long[] longs() {
    if (!type.isInteger()) {
      throw new MalformedFileException(
          "an array of integers was expected, found " + type.label() + ".");
    }
    ByteBuffer from = data.duplicate().order(type.order());
    long[] values = new long[size()];
    Arrays.setAll(values, i -> type.longAt(from, i));
    return values;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NpyArray array
        && Arrays.equals(shape, array.shape)
        && type.equals(array.type)
        && data.equals(array.data);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + data.hashCode();
  }
}
