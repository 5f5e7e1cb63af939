package dev.graft.serve;

import com.google.protobuf.ByteString;
import dev.graft.config.JsonReader;
import dev.graft.config.JsonReader.Token;
import dev.graft.export.ServedSignature;
import dev.graft.files.ElementType;
import dev.graft.runtime.NpyTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Feature;

/**
 * A tensor as JSON has it: lists in lists, all of a level of one length, of numbers, of texts and
 * {@code {"b64": …}}, or of true and false. Numbers go straight into one array.
 *
 * <p>Rules and words follow json_tensor.cc of TensorFlow Serving.
 */
final class JsonValues {
  private static final int MOST_DIMENSIONS = 16;

  /** Above it not every whole number is a double. */
  private static final double LARGEST_WHOLE = 0x1p53;

  private enum Kind {
    NUMBER("Number"),
    TEXT("String"),
    FLAG("True or False");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private final int[] sizes = new int[MOST_DIMENSIONS];
  private int rank = -1;
  private Kind kind;
  private boolean whole = true;
  private boolean binary;
  private double[] numbers = new double[16];
  private int count;
  private final List<byte[]> texts = new ArrayList<>();

  JsonValues() {
    Arrays.fill(sizes, -1);
  }

  /**
   * Reads a value.
   *
   * @param first its first token, which has been read
   * @param level 0 for a tensor, 1 for a row of one
   */
  void read(JsonReader in, Token first, int level) throws IOException {
    switch (first) {
      case BEGIN_LIST -> list(in, level);
      case NUMBER -> {
        leaf(Kind.NUMBER, level);
        whole &= in.whole();
        add(in.number());
      }
      case TRUE, FALSE -> {
        leaf(Kind.FLAG, level);
        add(first == Token.TRUE ? 1 : 0);
      }
      case TEXT -> {
        leaf(Kind.TEXT, level);
        texts.add(in.text().getBytes(StandardCharsets.UTF_8));
      }
      case BEGIN_OBJECT -> {
        if (in.next() != Token.KEY || !in.text().equals("b64")) {
          throw Refusal.bad("JSON Value: Type: Object is not expected inside a tensor");
        }
        binary(in, level);
      }
      case NULL, KEY, END_LIST, END_OBJECT, END ->
          throw Refusal.bad("JSON Value: Type: Null is not expected inside a tensor");
    }
  }

  /** Reads the value of the key {@code b64} and the end of its object. */
  void binary(JsonReader in, int level) throws IOException {
    if (in.next() != Token.TEXT) {
      throw Refusal.bad("JSON Value: not formatted correctly for base64 data");
    }
    leaf(Kind.TEXT, level);
    binary = true;
    texts.add(base64(in.text()));
    if (in.next() != Token.END_OBJECT) {
      throw Refusal.bad("JSON Value: not formatted correctly for base64 data");
    }
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      // Line breaks, as base64 without -w0 makes them, are passed over.
      String joined = text.replaceAll("\\s+", "");
      if (joined.length() < text.length()) {
        return base64(joined);
      }
      throw Refusal.bad("Unable to base64 decode");
    }
  }

  private void list(JsonReader in, int level) throws IOException {
    if (level >= MOST_DIMENSIONS || (rank >= 0 && level >= rank)) {
      throw Refusal.bad(
          "Encountered list at unexpected level: "
              + level
              + " expected < "
              + (rank < 0 ? MOST_DIMENSIONS : rank));
    }
    int size = 0;
    for (Token token = in.next(); token != Token.END_LIST; token = in.next()) {
      read(in, token, level + 1);
      size++;
    }
    if (size == 0) {
      rank(level + 1);
    }
    size(level, size);
  }

  private void size(int level, int size) {
    if (sizes[level] >= 0 && sizes[level] != size) {
      throw Refusal.bad(
          "Encountered list at unexpected size: "
              + size
              + " at level: "
              + level
              + " expected size: "
              + sizes[level]);
    }
    sizes[level] = size;
  }

  private void rank(int level) {
    if (rank >= 0 && rank != level) {
      throw Refusal.bad(
          "JSON Value found at incorrect level: "
              + (level + 1)
              + " in the JSON DOM. Expected at level: "
              + rank);
    }
    rank = level;
  }

  private void leaf(Kind came, int level) {
    rank(level);
    if (kind != null && kind != came) {
      throw Refusal.bad(
          "JSON Value: Type: " + came.words + " stands among values of Type: " + kind.words);
    }
    kind = came;
  }

  private void add(double value) {
    if (count == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * count);
    }
    numbers[count++] = value;
  }

  /** True when some of it was written as {@code {"b64": …}}. */
  boolean binary() {
    return binary;
  }

  /** Says how many rows were read, each at level 1. */
  void rows(int rows) {
    sizes[0] = rows;
  }

  /** Repeats the single row that was read. */
  void repeat(int rows) {
    int each = count;
    List<byte[]> row = List.copyOf(texts);
    texts.clear();
    for (int i = 0; i < rows; i++) {
      texts.addAll(row);
      for (int k = 0; k < each && i > 0; k++) {
        add(numbers[k]);
      }
    }
    rows(rows);
  }

  /** Row {@code row} of {@code rows} as a feature of a {@code tf.Example}. */
  Feature feature(String name, int row, int rows) {
    if (rank > 2) {
      throw Refusal.bad("Feature: " + name + " has element with unexpected JSON type: Array");
    }
    Feature.Builder feature = Feature.newBuilder();
    int each = (kind == Kind.TEXT ? texts.size() : count) / rows;
    for (int i = row * each; i < (row + 1) * each; i++) {
      if (kind == Kind.TEXT) {
        feature.getBytesListBuilder().addValue(ByteString.copyFrom(texts.get(i)));
      } else if (kind == Kind.FLAG || whole) {
        feature.getInt64ListBuilder().addValue((long) numbers[i]);
      } else {
        feature.getFloatListBuilder().addValue((float) numbers[i]);
      }
    }
    return feature.build();
  }

  /** The values as {@code port} wants them. */
  Rows rows(String name, ServedSignature.Port port) {
    long[] shape = new long[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = sizes[i];
    }
    // An example's feature is a list even where the model takes one value.
    if (rank == 2 && sizes[1] == 1 && port.shape().numDimensions() == 1) {
      shape = new long[] {sizes[0]};
    }
    if (port.type() == DataType.DT_STRING) {
      want(name, port, Kind.TEXT);
      return Rows.of(shape, Collections.unmodifiableList(texts));
    }
    want(name, port, port.type() == DataType.DT_BOOL ? Kind.FLAG : Kind.NUMBER);
    return Rows.of(port.type(), shape, numbers(name, port));
  }

  private void want(String name, ServedSignature.Port port, Kind wanted) {
    if (kind != null && kind != wanted) {
      throw wrong(name, port, kind.words);
    }
  }

  private static Refusal wrong(String name, ServedSignature.Port port, String came) {
    return Refusal.bad(
        "JSON Value of input '"
            + name
            + "': Type: "
            + came
            + " is not of expected type: "
            + port.type().name().replaceFirst("DT_", "").toLowerCase(Locale.ROOT));
  }

  private ByteBuffer numbers(String name, ServedSignature.Port port) {
    ElementType elements = NpyTensors.elements(port.type());
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(count, elements.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    boolean fractions = port.type() == DataType.DT_FLOAT || port.type() == DataType.DT_DOUBLE;
    if (!fractions && !whole) {
      throw wrong(name, port, "Number with a fraction");
    }
    for (int i = 0; i < count; i++) {
      put(bytes, port.type(), numbers[i]);
    }
    return bytes.flip();
  }

  private static void put(ByteBuffer bytes, DataType type, double value) {
    boolean fits =
        switch (type) {
          case DT_FLOAT -> !Double.isFinite(value) || Math.abs(value) <= Float.MAX_VALUE;
          case DT_INT32 -> value == (int) value;
          case DT_INT64 -> Math.abs(value) <= LARGEST_WHOLE;
          case DT_UINT8 -> value >= 0 && value <= 255;
          default -> true;
        };
    if (!fits) {
      throw Refusal.bad(
          "Cannot convert JSON value: "
              + value
              + " to "
              + type.name().replaceFirst("DT_", "").toLowerCase(Locale.ROOT)
              + " without loss of precision.");
    }
    switch (type) {
      case DT_FLOAT -> bytes.putFloat((float) value);
      case DT_DOUBLE -> bytes.putDouble(value);
      case DT_INT32 -> bytes.putInt((int) value);
      case DT_INT64 -> bytes.putLong((long) value);
      case DT_UINT8, DT_BOOL -> bytes.put((byte) value);
      default -> throw Refusal.bad("Conversion of JSON Value to type: " + type);
    }
  }
}
