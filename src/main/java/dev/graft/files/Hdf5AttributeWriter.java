package dev.graft.files;

import dev.graft.error.UnsupportedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The attributes of a group or dataset that is being written. A name is given once. */
public final class Hdf5AttributeWriter {
  /** The longest list of names in one attribute (Keras 2.18 {@code HDF5_OBJECT_HEADER_LIMIT}). */
  public static final int OBJECT_HEADER_LIMIT = 64512;

  private final Hdf5GlobalHeap heap;
  private final Map<String, Hdf5Encoding.Message> messages = new LinkedHashMap<>();

  Hdf5AttributeWriter(Hdf5GlobalHeap heap) {
    this.heap = heap;
  }

  /** Text of any length, as h5py writes a Python {@code str}. */
  public Hdf5AttributeWriter string(String name, String text) {
    byte[] reference = heap.put(List.of(text.getBytes(StandardCharsets.UTF_8)));
    return add(name, Hdf5Encoding.variableString(), Hdf5Encoding.dataspace(), reference);
  }

  /**
   * A list of names as Keras writes {@code layer_names} and {@code weight_names}: fixed-length
   * strings; an empty array of float64 for none; and, past {@link #OBJECT_HEADER_LIMIT}, equal
   * pieces {@code NAME0}, {@code NAME1}, … (Keras 2.18 {@code save_attributes_to_hdf5_group}).
   *
   * @throws UnsupportedException when one name alone is over the limit
   */
  public Hdf5AttributeWriter strings(String name, List<String> values) {
    if (values.isEmpty()) {
      return numbers(name, new double[0]);
    }
    List<byte[]> texts = new ArrayList<>();
    int width = 1;
    for (String value : values) {
      byte[] text = value.getBytes(StandardCharsets.UTF_8);
      width = Math.max(width, text.length);
      texts.add(text);
    }
    if (width > OBJECT_HEADER_LIMIT) {
      throw new UnsupportedException(
          "attribute '"
              + name
              + "': a name of "
              + width
              + " bytes is longer than the "
              + OBJECT_HEADER_LIMIT
              + " HDF5 takes. Shorten it.");
    }
    int count = texts.size();
    int pieces = 1;
    while ((long) (count + pieces - 1) / pieces * width > OBJECT_HEADER_LIMIT) {
      pieces++;
    }
    // The first pieces take one more where the count does not divide, as numpy.array_split does.
    int from = 0;
    for (int piece = 0; piece < pieces; piece++) {
      int to = from + count / pieces + (piece < count % pieces ? 1 : 0);
      fixed(pieces == 1 ? name : name + piece, texts.subList(from, to), width);
      from = to;
    }
    return this;
  }

  private void fixed(String name, List<byte[]> texts, int width) {
    LittleEndian data = new LittleEndian();
    for (byte[] text : texts) {
      data.raw(text).zeros(width - text.length);
    }
    add(
        name,
        Hdf5Encoding.fixedString(width),
        Hdf5Encoding.dataspace(texts.size()),
        data.toArray());
  }

  /** One integer, int64. */
  public Hdf5AttributeWriter integer(String name, long value) {
    byte[] data = new LittleEndian().u64(value).toArray();
    return add(name, Hdf5Encoding.datatype(ElementType.INT64), Hdf5Encoding.dataspace(), data);
  }

  /** One number, float64. */
  public Hdf5AttributeWriter number(String name, double value) {
    byte[] data = new LittleEndian().u64(Double.doubleToRawLongBits(value)).toArray();
    return add(name, Hdf5Encoding.datatype(ElementType.FLOAT64), Hdf5Encoding.dataspace(), data);
  }

  /** A truth value, as h5py writes NumPy's {@code bool}. */
  public Hdf5AttributeWriter flag(String name, boolean value) {
    byte[] data = {(byte) (value ? 1 : 0)};
    return add(name, Hdf5Encoding.datatype(ElementType.BOOL), Hdf5Encoding.dataspace(), data);
  }

  /** A one-dimensional array of int64. */
  public Hdf5AttributeWriter integers(String name, long... values) {
    LittleEndian data = new LittleEndian();
    for (long value : values) {
      data.u64(value);
    }
    return add(
        name,
        Hdf5Encoding.datatype(ElementType.INT64),
        Hdf5Encoding.dataspace(values.length),
        data.toArray());
  }

  /** A one-dimensional array of float64, possibly empty. */
  public Hdf5AttributeWriter numbers(String name, double... values) {
    LittleEndian data = new LittleEndian();
    for (double value : values) {
      data.u64(Double.doubleToRawLongBits(value));
    }
    return add(
        name,
        Hdf5Encoding.datatype(ElementType.FLOAT64),
        Hdf5Encoding.dataspace(values.length),
        data.toArray());
  }

  private Hdf5AttributeWriter add(String name, byte[] type, byte[] space, byte[] data) {
    Hdf5Encoding.Message message = Hdf5Encoding.attribute(name, type, space, data);
    if (messages.putIfAbsent(name, message) != null) {
      throw new IllegalArgumentException("attribute '" + name + "' is written twice");
    }
    return this;
  }

  List<Hdf5Encoding.Message> messages() {
    return List.copyOf(messages.values());
  }
}
