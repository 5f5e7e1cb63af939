package dev.graft.files;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A group that is being written.
 *
 * <p>Values go to the file at once; names, shapes and attributes when the file is closed. A name
 * may be a path, {@code a/b/kernel:0}, whose groups are made where they are missing, as h5py does.
 */
public final class Hdf5GroupWriter {
  private static final int PIECE = 1 << 14;

  private final Hdf5Output output;
  private final Hdf5GlobalHeap heap;
  private final String path;
  private final Hdf5AttributeWriter attributes;
  private final Map<String, Hdf5GroupWriter> groups = new LinkedHashMap<>();
  private final Map<String, Hdf5DatasetWriter> datasets = new LinkedHashMap<>();

  Hdf5GroupWriter(Hdf5Output output, Hdf5GlobalHeap heap, String path) {
    this.output = output;
    this.heap = heap;
    this.path = path;
    this.attributes = new Hdf5AttributeWriter(heap);
  }

  public Hdf5AttributeWriter attributes() {
    return attributes;
  }

  /** The group {@code name} in this one, made when it is not there yet. */
  public Hdf5GroupWriter group(String name) {
    Hdf5GroupWriter at = this;
    for (String part : name.split("/", -1)) {
      at = at.child(part);
    }
    return at;
  }

  private Hdf5GroupWriter child(String name) {
    if (datasets.containsKey(checked(name))) {
      throw new IllegalArgumentException("'" + path + name + "' is a dataset already");
    }
    return groups.computeIfAbsent(
        name, key -> new Hdf5GroupWriter(output, heap, path + name + "/"));
  }

  private String checked(String name) {
    if (name.isEmpty() || name.equals(".") || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("'" + path + name + "' is no name for an HDF5 object");
    }
    return name;
  }

  /** float32 values of {@code shape}, in C order, from {@code values}. */
  public Hdf5DatasetWriter floats(String name, long[] shape, FloatSource values) {
    long left = size(shape);
    long address = output.next();
    float[] piece = new float[PIECE];
    ByteBuffer bytes = ByteBuffer.allocateDirect(4 * PIECE).order(ByteOrder.LITTLE_ENDIAN);
    for (int count = values.read(piece); count >= 0; count = values.read(piece)) {
      left -= count;
      if (left < 0) {
        break;
      }
      bytes.clear().limit(4 * count);
      bytes.asFloatBuffer().put(piece, 0, count);
      output.add(bytes);
    }
    whole(name, shape, left);
    return add(name, Hdf5Encoding.datatype(ElementType.FLOAT32), shape, address);
  }

  /**
   * float32 values of {@code shape}, in C order, that {@code values} gives to what it is handed.
   */
  public Hdf5DatasetWriter streamed(String name, long[] shape, Consumer<FloatSink> values) {
    long[] left = {size(shape)};
    long address = output.next();
    ByteBuffer bytes = ByteBuffer.allocateDirect(4 * PIECE).order(ByteOrder.LITTLE_ENDIAN);
    values.accept(
        (piece, count) -> {
          left[0] -= count;
          for (int at = 0; at < count && left[0] >= 0; at += PIECE) {
            int part = Math.min(PIECE, count - at);
            bytes.clear().limit(4 * part);
            bytes.asFloatBuffer().put(piece, at, part);
            output.add(bytes);
          }
        });
    whole(name, shape, left[0]);
    return add(name, Hdf5Encoding.datatype(ElementType.FLOAT32), shape, address);
  }

  private void whole(String name, long[] shape, long left) {
    if (left != 0) {
      throw new IllegalArgumentException(
          "'"
              + path
              + name
              + "' of shape "
              + Arrays.toString(shape)
              + ": "
              + (left > 0 ? left + " values are missing" : "there are more values than fit"));
    }
  }

  /** float32 values of {@code shape}, in C order. */
  public Hdf5DatasetWriter floats(String name, long[] shape, float... values) {
    return floats(name, shape, FloatSource.of(values));
  }

  /** float64 values of {@code shape}, in C order. */
  public Hdf5DatasetWriter doubles(String name, long[] shape, double... values) {
    ByteBuffer bytes = room(name, shape, values.length, 8);
    bytes.asDoubleBuffer().put(values);
    return dataset(name, ElementType.FLOAT64, shape, bytes);
  }

  /** int32 values of {@code shape}, in C order. */
  public Hdf5DatasetWriter ints(String name, long[] shape, int... values) {
    ByteBuffer bytes = room(name, shape, values.length, 4);
    bytes.asIntBuffer().put(values);
    return dataset(name, ElementType.INT32, shape, bytes);
  }

  /** int64 values of {@code shape}, in C order. */
  public Hdf5DatasetWriter longs(String name, long[] shape, long... values) {
    ByteBuffer bytes = room(name, shape, values.length, 8);
    bytes.asLongBuffer().put(values);
    return dataset(name, ElementType.INT64, shape, bytes);
  }

  /** Values of one byte each, which {@code type} says how to take: int8, uint8 or bool. */
  public Hdf5DatasetWriter bytes(String name, ElementType type, long[] shape, byte... values) {
    if (type.bytes() != 1) {
      throw new IllegalArgumentException(type.label() + " does not fit into a byte");
    }
    return dataset(name, type, shape, room(name, shape, values.length, 1).put(values).flip());
  }

  /** One text of any length. */
  public Hdf5DatasetWriter string(String name, String text) {
    return strings(name, new long[0], List.of(text));
  }

  /** A list of texts of any length. */
  public Hdf5DatasetWriter strings(String name, List<String> texts) {
    return strings(name, new long[] {texts.size()}, texts);
  }

  private Hdf5DatasetWriter strings(String name, long[] shape, List<String> texts) {
    byte[] references =
        heap.put(texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList());
    long address = output.append(references);
    return add(name, Hdf5Encoding.variableString(), shape, address);
  }

  private static ByteBuffer room(String name, long[] shape, int values, int width) {
    if (size(shape) != values) {
      throw new IllegalArgumentException(
          "'" + name + "' of shape " + Arrays.toString(shape) + ": came " + values + " values");
    }
    return ByteBuffer.allocate(Math.multiplyExact(values, width)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private Hdf5DatasetWriter dataset(String name, ElementType type, long[] shape, ByteBuffer data) {
    return add(name, Hdf5Encoding.datatype(type), shape, output.append(data));
  }

  private static long size(long[] shape) {
    long size = 1;
    for (long length : shape) {
      if (length < 0) {
        throw new IllegalArgumentException("shape " + Arrays.toString(shape));
      }
      size = Math.multiplyExact(size, length);
    }
    return size;
  }

  private Hdf5DatasetWriter add(String name, byte[] type, long[] shape, long address) {
    int slash = name.lastIndexOf('/');
    if (slash >= 0) {
      return group(name.substring(0, slash)).add(name.substring(slash + 1), type, shape, address);
    }
    if (groups.containsKey(checked(name)) || datasets.containsKey(name)) {
      throw new IllegalArgumentException("'" + path + name + "' is there already");
    }
    int width = ByteBuffer.wrap(type).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    long bytes = size(shape) * width;
    Hdf5DatasetWriter written =
        new Hdf5DatasetWriter(
            List.of(
                message(Hdf5Encoding.Message.DATASPACE, Hdf5Encoding.dataspace(shape)),
                message(Hdf5Encoding.Message.DATATYPE, type),
                Hdf5Encoding.fillValue(),
                Hdf5Encoding.contiguous(bytes == 0 ? LittleEndian.UNDEFINED : address, bytes)),
            new Hdf5AttributeWriter(heap));
    datasets.put(name, written);
    return written;
  }

  private static Hdf5Encoding.Message message(int type, byte[] bytes) {
    return new Hdf5Encoding.Message(type, bytes);
  }

  /** Writes everything below and then this group, and gives the link to it. */
  Hdf5SymbolTable.Link write(String name) {
    List<Hdf5SymbolTable.Link> links = new ArrayList<>();
    groups.forEach((child, group) -> links.add(group.write(child)));
    datasets.forEach(
        (child, dataset) ->
            links.add(new Hdf5SymbolTable.Link(child, dataset.write(output), null)));
    Hdf5SymbolTable.Place table = Hdf5SymbolTable.write(output, links);
    List<Hdf5Encoding.Message> messages = new ArrayList<>();
    messages.add(Hdf5Encoding.symbolTable(table));
    messages.addAll(attributes.messages());
    long header = output.append(Hdf5Encoding.objectHeader(messages));
    return new Hdf5SymbolTable.Link(name, header, table);
  }
}
