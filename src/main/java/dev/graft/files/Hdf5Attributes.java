package dev.graft.files;

import dev.graft.error.MalformedFileException;
import io.jhdf.api.Attribute;
import io.jhdf.api.Node;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.StringData;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The attributes of a group or dataset.
 *
 * <p>Lists of names come in two forms, both read by {@link #strings}: one attribute, or, where
 * Keras found it too long for an object header, pieces {@code NAME0}, {@code NAME1}, … (Keras 2.18
 * {@code load_attributes_from_hdf5_group}). An empty list is stored as an empty array of float64.
 */
public final class Hdf5Attributes {
  private final Hdf5Source source;
  private final Node node;
  private final String owner;

  Hdf5Attributes(Hdf5Source source, Node node, String owner) {
    this.source = source;
    this.node = node;
    this.owner = owner;
  }

  /** All names, sorted. */
  public SortedSet<String> names() {
    return source.read(owner, () -> new TreeSet<>(node.getAttributes().keySet()));
  }

  public boolean has(String name) {
    return attribute(name) != null;
  }

  /** The text of attribute {@code name}, if it is there. */
  public Optional<String> findString(String name) {
    return has(name) ? Optional.of(string(name)) : Optional.empty();
  }

  /**
   * The text of attribute {@code name}: one string, of fixed or of variable length.
   *
   * @throws MalformedFileException when it is missing, or no string
   */
  public String string(String name) {
    List<String> values = texts(name, present(name));
    if (values.size() != 1) {
      throw wrong(name, "one string", values.size() + " strings");
    }
    return values.get(0);
  }

  /** Whether {@link #strings} has something to read: the attribute, or its first piece. */
  public boolean hasStrings(String name) {
    return has(name) || has(name + "0");
  }

  /**
   * The list of strings {@code name}, whole or in pieces.
   *
   * @throws MalformedFileException when it is missing, or holds no strings
   */
  public List<String> strings(String name) {
    if (has(name) || !has(name + "0")) {
      return texts(name, present(name));
    }
    List<String> all = new ArrayList<>();
    for (int piece = 0; has(name + piece); piece++) {
      all.addAll(texts(name + piece, present(name + piece)));
    }
    return List.copyOf(all);
  }

  /** The one number of attribute {@code name}, integer or not. */
  public double number(String name) {
    double[] values = numbers(name);
    if (values.length != 1) {
      throw wrong(name, "one number", values.length + " numbers");
    }
    return values[0];
  }

  /** The one integer or truth value of attribute {@code name}. */
  public long integer(String name) {
    long[] values = integers(name);
    if (values.length != 1) {
      throw wrong(name, "one integer", values.length + " integers");
    }
    return values[0];
  }

  /** The numbers of attribute {@code name}, whatever their stored type, in C order. */
  public double[] numbers(String name) {
    Attribute attribute = present(name);
    ElementType type = numeric(name, attribute);
    ByteBuffer bytes = bytes(name, attribute).order(type.order());
    double[] values = new double[bytes.remaining() / type.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.doubleAt(bytes, i);
    }
    return values;
  }

  /** The integers of attribute {@code name}, in C order. */
  public long[] integers(String name) {
    Attribute attribute = present(name);
    ElementType type = numeric(name, attribute);
    if (!type.isInteger()) {
      throw wrong(name, "integers", type.label());
    }
    ByteBuffer bytes = bytes(name, attribute).order(type.order());
    long[] values = new long[bytes.remaining() / type.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.longAt(bytes, i);
    }
    return values;
  }

  /** The stored type of attribute {@code name}. */
  public ElementType type(String name) {
    return source.read(place(name), () -> Hdf5Types.of(present(name).getDataType()));
  }

  private ElementType numeric(String name, Attribute attribute) {
    ElementType type = source.read(place(name), () -> Hdf5Types.of(attribute.getDataType()));
    if (!type.isNumeric()) {
      throw wrong(name, "numbers", type.label());
    }
    return type;
  }

  private ByteBuffer bytes(String name, Attribute attribute) {
    return source.read(
        place(name),
        () -> {
          ByteBuffer raw = attribute.isEmpty() ? null : attribute.getBuffer();
          return raw == null ? ByteBuffer.allocate(0) : raw.slice();
        });
  }

  private List<String> texts(String name, Attribute attribute) {
    return source.read(
        place(name),
        () -> {
          if (attribute.getSize() == 0) {
            return List.of();
          }
          DataType type = attribute.getDataType();
          if (Hdf5Types.of(type).kind() != ElementType.Kind.STRING) {
            throw wrong(name, "text", Hdf5Types.of(type).label());
          }
          if (type instanceof StringData fixed) {
            return Hdf5Types.fixedStrings(fixed, attribute.getBuffer());
          }
          return Hdf5Types.strings(attribute.getData());
        });
  }

  private Attribute present(String name) {
    Attribute attribute = attribute(name);
    if (attribute == null) {
      throw new MalformedFileException(
          source.where(owner)
              + ": expected an attribute '"
              + name
              + "', found "
              + names().stream().limit(20).toList()
              + ".");
    }
    return attribute;
  }

  private Attribute attribute(String name) {
    return source.read(place(name), () -> node.getAttributes().get(name));
  }

  private MalformedFileException wrong(String name, String expected, String came) {
    return new MalformedFileException(
        source.where(place(name)) + ": expected " + expected + ", found " + came + ".");
  }

  private String place(String name) {
    return owner + ", attribute '" + name + "'";
  }
}
