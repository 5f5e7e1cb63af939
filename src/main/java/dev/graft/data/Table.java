package dev.graft.data;

import dev.graft.error.DataException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Columns of a CSV file. Numbers are kept; texts are read from the file again when they are asked
 * for, since it is the network that says which columns are texts: a postal code looks like a
 * number.
 */
public final class Table {
  private final Sheet sheet;
  private final List<Integer> columns;
  private final float[] values;
  private final Map<Integer, DataException> texts;

  /**
   * A table.
   *
   * @param columns places of the columns in the file, in order
   * @param values all rows, one after the other; NaN where there is no number
   * @param texts by place among {@code columns}, those that are no numbers, and where
   */
  Table(Sheet sheet, List<Integer> columns, float[] values, Map<Integer, DataException> texts) {
    this.sheet = sheet;
    this.columns = List.copyOf(columns);
    this.values = values;
    this.texts = Map.copyOf(texts);
  }

  int rows() {
    return values.length / columns.size();
  }

  /** The names of the columns. */
  List<String> names() {
    return columns.stream().map(sheet.header()::get).toList();
  }

  void read(int row, float[] into, int offset) {
    System.arraycopy(values, row * columns.size(), into, offset, columns.size());
  }

  /** All columns as one input of numbers. */
  Column numbers() {
    if (!texts.isEmpty()) {
      throw texts.get(Collections.min(texts.keySet()));
    }
    return new Column.Floats(values, new int[] {columns.size()});
  }

  /** Some columns of numbers, together an example of as many. */
  Column numbers(List<String> names) {
    int[] places = names.stream().mapToInt(this::place).toArray();
    for (int place : places) {
      if (texts.containsKey(place)) {
        throw texts.get(place);
      }
    }
    float[] some = new float[rows() * places.length];
    for (int i = 0; i < some.length; i++) {
      some[i] = values[i / places.length * columns.size() + places[i % places.length]];
    }
    return new Column.Floats(some, new int[] {places.length});
  }

  /** One column of texts, each an example of this shape, which has one element. */
  Column texts(String name, int[] shape) {
    int column = columns.get(place(name));
    List<byte[]> cells = new ArrayList<>();
    sheet.rows((line, fields) -> cells.add(fields.get(column).getBytes(StandardCharsets.UTF_8)));
    return new Column.Texts(cells, shape);
  }

  private int place(String name) {
    return columns.indexOf(sheet.column(name));
  }

  /** The file, for messages. */
  String file() {
    return sheet.file();
  }
}
