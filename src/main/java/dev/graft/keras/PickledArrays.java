package dev.graft.keras;

import dev.graft.error.MalformedFileException;
import dev.graft.files.ElementType;
import dev.graft.files.NpyArray;
import dev.graft.files.ZipArchive;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/**
 * Reads {@code model.weights.npz}: an array of one Python object for each group of Keras 3's saving
 * library, a dictionary of variables, pickled. Keras 3.15 writes such files and refuses to read
 * them, since a pickle can run code; {@link PickleData} runs none. Source: Keras 3.15 {@code
 * saving/saving_lib.py NpzIOStore}.
 */
final class PickledArrays {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Map<String, ElementType> TYPES =
      Map.of(
          "f2", ElementType.little(ElementType.Kind.FLOAT, 2),
          "f4", ElementType.FLOAT32,
          "f8", ElementType.FLOAT64,
          "i4", ElementType.INT32,
          "i8", ElementType.INT64,
          "u4", ElementType.little(ElementType.Kind.UINT, 4),
          "u1", ElementType.UINT8,
          "b1", ElementType.BOOL);

  private PickledArrays() {}

  /** The layers in {@code zip}, in the natural order of their names. */
  static List<StoredLayer> layers(ZipArchive zip, String where) {
    Map<String, StoredLayer> layers = new LinkedHashMap<>();
    for (Map.Entry<String, Map<?, ?>> group : groups(zip, where).entrySet()) {
      String[] parts = group.getKey().split("/", 3);
      if (parts[0].equals("layers") && parts.length > 1) {
        String inside = parts.length > 2 ? parts[2] + "/" : "";
        StoredLayer layer =
            new StoredLayer(null, parts[1], tensors(group.getValue(), inside, where));
        layers.merge(parts[1], layer, StoredLayer::and);
      }
    }
    return layers.values().stream()
        .sorted(Comparator.comparing(StoredLayer::key, NaturalOrder.INSTANCE))
        .toList();
  }

  /** The optimizer's state; empty when there is none. */
  static List<StoredTensor> optimizer(ZipArchive zip, String where) {
    Map<?, ?> group = groups(zip, where).get("optimizer");
    return group == null ? List.of() : tensors(group, "", where);
  }

  private static Map<String, Map<?, ?>> groups(ZipArchive zip, String where) {
    Map<String, Map<?, ?>> groups = new LinkedHashMap<>();
    for (String name : zip.names()) {
      if (name.endsWith(".npy")) {
        ByteBuffer pickle = pickle(zip.bytes(name), where + ": " + name);
        if (PickleData.read(pickle, where + ": " + name) instanceof PickleData.Made array
            && array.state instanceof List<?> state
            && state.get(state.size() - 1) instanceof List<?> items
            && items.size() == 1
            && items.get(0) instanceof Map<?, ?> variables) {
          groups.put(name.substring(0, name.length() - 4), variables);
        }
      }
    }
    return groups;
  }

  /** The pickle behind the header of an array of objects. */
  private static ByteBuffer pickle(byte[] bytes, String where) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (byte expected : MAGIC) {
      if (!in.hasRemaining() || in.get() != expected) {
        throw new MalformedFileException(where + ": expected a NumPy array, found something else.");
      }
    }
    int version = in.remaining() < 6 ? 0 : in.getShort() & 0xff;
    int header = version == 0 ? -1 : version == 1 ? in.getShort() & 0xffff : in.getInt();
    if (header < 0 || header > in.remaining()) {
      throw new MalformedFileException(where + ": the header of the NumPy array is damaged.");
    }
    String text = new String(bytes, in.position(), header, StandardCharsets.ISO_8859_1);
    if (!text.contains("'|O'")) {
      throw new MalformedFileException(
          where + ": expected an array of Python objects, found " + text.strip() + ".");
    }
    return in.position(in.position() + header);
  }

  private static List<StoredTensor> tensors(Map<?, ?> variables, String inside, String where) {
    List<StoredTensor> tensors = new ArrayList<>();
    variables.forEach(
        (key, variable) -> {
          String name = inside + "vars/" + key;
          NpyArray array = array(variable, where + ": " + name);
          tensors.add(
              new StoredTensor(
                  name, Shape.of(array.shape()), array.type().label(), List.of(), array::floats));
        });
    tensors.sort(Comparator.comparing(StoredTensor::name, NaturalOrder.INSTANCE));
    return tensors;
  }

  /** The first array of numbers in {@code value}: itself, or what a Keras variable holds. */
  private static NpyArray array(Object value, String where) {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> open = new ArrayDeque<>(List.of(value));
    while (!open.isEmpty()) {
      Object next = open.pop();
      if (next instanceof PickleData.Made made && seen.add(made)) {
        if (made.state instanceof List<?> state && state.size() == 5) {
          NpyArray array = array(state, where);
          if (array != null) {
            return array;
          }
        }
        push(open, made.callable);
        push(open, made.arguments);
        push(open, made.state);
      } else if (next instanceof Map<?, ?> map && seen.add(map)) {
        map.values().forEach(item -> push(open, item));
      } else if (next instanceof List<?> list && seen.add(list)) {
        list.forEach(item -> push(open, item));
      }
    }
    throw new MalformedFileException(where + ": expected a variable, found no array of numbers.");
  }

  private static void push(Deque<Object> open, Object value) {
    if (value != null) {
      open.push(value);
    }
  }

  /** NumPy's state of an array: version, shape, type, order, bytes; null when it is no such. */
  private static NpyArray array(List<?> state, String where) {
    if (!(state.get(1) instanceof List<?> sizes)
        || !(state.get(2) instanceof PickleData.Made dtype)
        || !(dtype.arguments instanceof List<?> arguments)
        || !(state.get(4) instanceof ByteBuffer bytes)) {
      return null;
    }
    ElementType type = arguments.isEmpty() ? null : TYPES.get(arguments.get(0));
    boolean big = dtype.state instanceof List<?> order && order.contains(">");
    if (type == null || big || Boolean.TRUE.equals(state.get(3))) {
      throw new MalformedFileException(
          where + ": expected little-endian numbers in C order, found " + arguments + ".");
    }
    long[] shape =
        sizes.stream().mapToLong(size -> size instanceof Long length ? length : -1).toArray();
    long count = 1;
    for (long size : shape) {
      if (size < 0 || (size > 0 && count > Integer.MAX_VALUE / size)) {
        throw new MalformedFileException(where + ": the shape " + sizes + " is impossible.");
      }
      count *= size;
    }
    if (count * type.bytes() != bytes.remaining()) {
      throw new MalformedFileException(
          where + ": the shape " + sizes + " does not go with " + bytes.remaining() + " bytes.");
    }
    return new NpyArray(shape, type, bytes);
  }
}
