package dev.graft.export;

import dev.graft.config.Config;
import dev.graft.error.MalformedFileException;
import dev.graft.files.Deflated;
import dev.graft.files.ElementType;
import dev.graft.files.NpyArray;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * A few inputs of a model with the outputs it gave when it was written. It travels inside the
 * model's {@link Note}, so that whoever loads the model later, in whatever program, can see that it
 * still gives the same.
 *
 * @param inputs what was fed, by input name, in the model's order
 * @param outputs what came, by output name, in the model's order
 * @param pictures PNG or JPEG files, for a classifier of pictures; may be empty
 * @param probabilities float32 (pictures, classes); null when there are no pictures
 * @param tolerance how far others may be off, as a part of the largest value, or of 1
 */
public record Check(
    Map<String, NpyArray> inputs,
    Map<String, NpyArray> outputs,
    List<byte[]> pictures,
    NpyArray probabilities,
    double tolerance) {
  /** A few inputs are small; more than this was not written by us. */
  private static final int MOST_BYTES = 256 << 20;

  /** The type of texts, before the bytes that each has room for. */
  private static final String TEXT = "text";

  /** A check of what computes in float32. */
  Check(
      Map<String, NpyArray> inputs,
      Map<String, NpyArray> outputs,
      List<byte[]> pictures,
      NpyArray probabilities) {
    this(inputs, outputs, pictures, probabilities, Finding.TOLERANCE);
  }

  /** Copies; keeps the order. */
  public Check {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    pictures = List.copyOf(pictures);
  }

  /** The same with another tolerance, for what computes in fewer bits than the outputs say. */
  Check within(double other) {
    return new Check(inputs, outputs, pictures, probabilities, other);
  }

  /** The check as plain data: arrays and pictures in base64, arrays deflated before. */
  public Map<String, Object> config() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("inputs", arrays(inputs));
    map.put("outputs", arrays(outputs));
    if (!pictures.isEmpty()) {
      map.put("pictures", pictures.stream().map(Base64.getEncoder()::encodeToString).toList());
      map.put("probabilities", array(probabilities));
    }
    if (tolerance != Finding.TOLERANCE) {
      map.put("tolerance", tolerance);
    }
    return map;
  }

  private static Map<String, Object> arrays(Map<String, NpyArray> arrays) {
    Map<String, Object> map = new LinkedHashMap<>();
    arrays.forEach((name, array) -> map.put(name, array(array)));
    return map;
  }

  private static Map<String, Object> array(NpyArray array) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("shape", Arrays.stream(array.shape()).boxed().toList());
    boolean text = array.type().isText();
    map.put("type", text ? TEXT + array.type().bytes() : array.type().label());
    // The best compression takes twenty times as long and saves a tenth.
    byte[] deflated = Deflated.of(array.data().duplicate().rewind(), Deflater.DEFAULT_COMPRESSION);
    map.put("deflated", Base64.getEncoder().encodeToString(deflated));
    return map;
  }

  /** Reads what {@link #config} wrote. */
  public static Check read(Config config) {
    List<byte[]> pictures = new ArrayList<>();
    if (config.has("pictures")) {
      config.get("pictures").items().forEach(item -> pictures.add(base64(item)));
    }
    return new Check(
        readArrays(config.get("inputs")),
        readArrays(config.get("outputs")),
        pictures,
        pictures.isEmpty() ? null : readArray(config.get("probabilities")),
        config.number("tolerance", Finding.TOLERANCE));
  }

  private static Map<String, NpyArray> readArrays(Config config) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    config.keys().forEach(name -> arrays.put(name, readArray(config.get(name))));
    return arrays;
  }

  private static NpyArray readArray(Config config) {
    long[] shape = Arrays.stream(config.get("shape").integers()).asLongStream().toArray();
    ElementType type = type(config.get("type"));
    long bytes = type.bytes();
    for (long size : shape) {
      if (size < 0 || bytes * size > MOST_BYTES) {
        throw new MalformedFileException(
            config.where("shape") + ": " + Arrays.toString(shape) + " is no array of a check.");
      }
      bytes *= size;
    }
    return new NpyArray(shape, type, inflate(config.get("deflated"), (int) bytes));
  }

  private static ElementType type(Config value) {
    if (value.string().matches(TEXT + "\\d{1,6}")) {
      int bytes = Integer.parseInt(value.string().substring(TEXT.length()));
      return ElementType.little(ElementType.Kind.STRING, Math.max(1, bytes));
    }
    for (ElementType type :
        List.of(
            ElementType.FLOAT32,
            ElementType.INT32,
            ElementType.INT64,
            ElementType.UINT8,
            ElementType.BOOL)) {
      if (type.label().equals(value.string())) {
        return type;
      }
    }
    throw value.wrong("float32, int32, int64, uint8, bool or text of some length");
  }

  private static byte[] base64(Config value) {
    try {
      return Base64.getDecoder().decode(value.string());
    } catch (IllegalArgumentException e) {
      throw new MalformedFileException(
          value.where() + ": is no base64: " + e.getMessage() + ".", e);
    }
  }

  private static ByteBuffer inflate(Config value, int size) {
    byte[] bytes = new byte[size];
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(base64(value));
      int got = 0;
      while (got < size) {
        int n = inflater.inflate(bytes, got, size - got);
        if (n == 0) {
          break;
        }
        got += n;
      }
      if (got < size || inflater.inflate(new byte[1]) > 0) {
        throw new MalformedFileException(
            value.where() + ": expected " + size + " bytes, came another number.");
      }
      return ByteBuffer.wrap(bytes);
    } catch (DataFormatException e) {
      throw new MalformedFileException(value.where() + ": is not deflated data.", e);
    } finally {
      inflater.end();
    }
  }
}
