package dev.graft.data;

import dev.graft.error.DataException;
import dev.graft.files.ElementType;
import dev.graft.files.Hdf5Dataset;
import dev.graft.files.NpyArray;
import dev.graft.files.NpyFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * An array in a file, the examples along its first dimension.
 *
 * @param where the file and the array's name, for messages
 * @param column its values; null for texts
 * @param texts its values; null for numbers
 * @param one the shape of one example
 * @param integers whether it stores integers or truth values
 */
record Stored(String where, Column column, List<String> texts, int[] one, boolean integers) {
  /** Arrays of more bytes stay in their file. */
  private static final long MOST_IN_MEMORY = 1L << 30;

  static Stored of(String where, NpyArray array) {
    return of(where, array.shape(), array);
  }

  static Stored npy(Path path) {
    try (NpyFile file = NpyFile.open(path)) {
      long bytes = file.size() * Math.max(file.type().bytes(), Float.BYTES);
      if (bytes <= MOST_IN_MEMORY || file.fortranOrder() || file.type().isText()) {
        return of(path.toString(), file.array());
      }
      int[] shape = shape(path.toString(), file.shape());
      Column rows = new Column.Npy(path, shape[0], one(shape));
      return new Stored(path.toString(), rows, null, one(shape), file.type().isInteger());
    }
  }

  static Stored hdf5(String where, Hdf5Dataset set) {
    if (set.type().kind() == ElementType.Kind.STRING) {
      return new Stored(where, null, set.strings(), one(shape(where, set.shape())), false);
    }
    int[] one = one(shape(where, set.shape()));
    Column column = new Column.Floats(set.floats(), one);
    return new Stored(where, column, null, one, set.type().isInteger());
  }

  private static Stored of(String where, long[] dimensions, NpyArray array) {
    int[] one = one(shape(where, dimensions));
    if (array.type().isText()) {
      List<String> texts =
          array.texts().stream().map(text -> new String(text, StandardCharsets.UTF_8)).toList();
      return new Stored(where, null, texts, one, false);
    }
    boolean bytes = array.type().equals(ElementType.UINT8);
    Column column =
        bytes && array.data().hasArray()
            ? new Column.Bytes(array.data().array(), one)
            : new Column.Floats(array.floats(), one);
    return new Stored(where, column, null, one, array.type().isInteger());
  }

  private static int[] shape(String where, long[] dimensions) {
    if (dimensions.length == 0 || Arrays.stream(dimensions).anyMatch(size -> size < 1)) {
      throw new DataException(
          where
              + ": expected examples along the first dimension, the shape is "
              + Arrays.toString(dimensions)
              + ".");
    }
    return Arrays.stream(dimensions).mapToInt(Math::toIntExact).toArray();
  }

  /** The shape of one example; a vector holds single values, which Keras makes (1). */
  private static int[] one(int[] shape) {
    return shape.length == 1 ? new int[] {1} : Arrays.copyOfRange(shape, 1, shape.length);
  }

  /** The values as an input. */
  Column input() {
    return column == null
        ? new Column.Texts(
            texts.stream().map(t -> t.getBytes(StandardCharsets.UTF_8)).toList(), one)
        : column;
  }

  /** The values as targets. */
  Labelling labels(Context context) {
    if (texts != null) {
      return Labelling.ofTexts(texts, context.labels(), where);
    }
    int width = Column.product(column.shape());
    float[] values = new float[Math.multiplyExact(column.size(), width)];
    for (int row = 0; row < column.size(); row++) {
      column.read(row, values, row * width);
    }
    return Labelling.ofArray(values, column.shape(), integers, context.labels(), where);
  }
}
