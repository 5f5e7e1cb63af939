package dev.graft.data;

import dev.graft.config.Nearest;
import dev.graft.error.DataException;
import dev.graft.layers.DType;
import dev.graft.layers.Spec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Which stored columns go to which inputs of a network: by name, in the network's order. */
final class Binding {
  private final Dataset data;
  private final List<Examples.Field> wanted;

  Binding(Dataset data, List<Examples.Field> wanted) {
    this.data = data;
    this.wanted = wanted;
  }

  /** The inputs, one for each that is wanted; those of the data where they cannot be matched. */
  List<Dataset.Input> inputs() {
    if (data.inputs().size() == 1) {
      Dataset.Input only = data.inputs().get(0);
      return only.column() instanceof Column.Cells cells
          ? cells(cells.table())
          : List.of(new Dataset.Input(only.name(), shaped(only.column(), wanted.get(0))));
    }
    List<String> names = data.inputs().stream().map(Dataset.Input::name).toList();
    List<Dataset.Input> bound = new ArrayList<>();
    for (Examples.Field field : wanted) {
      int place = names.indexOf(field.name());
      if (place < 0) {
        throw new DataException(
            data.name()
                + ": the network has an input '"
                + field.name()
                + "', the data has "
                + String.join(", ", names)
                + "."
                + Nearest.hint(field.name(), names));
      }
      Column column = data.inputs().get(place).column();
      bound.add(new Dataset.Input(field.name(), shaped(column, field)));
    }
    if (bound.size() < names.size()) {
      throw unused(names, wanted.stream().map(Examples.Field::name).toList());
    }
    return bound;
  }

  /** A table: one input of all its numbers, or an input for each column. */
  private List<Dataset.Input> cells(Table table) {
    List<String> names = table.names();
    Examples.Field first = wanted.get(0);
    boolean alone = wanted.size() == 1;
    if (alone && first.spec().dtype() != DType.STRING) {
      return List.of(new Dataset.Input("", table.numbers()));
    }
    if (alone && names.size() == 1) {
      return List.of(new Dataset.Input(first.name(), column(table, names, first.spec())));
    }
    List<Dataset.Input> bound = new ArrayList<>();
    Set<String> used = new HashSet<>();
    for (Examples.Field field : wanted) {
      List<String> own = columns(table, names, field);
      used.addAll(own);
      bound.add(new Dataset.Input(field.name(), column(table, own, field.spec())));
    }
    if (used.size() < names.size()) {
      throw unused(names, used);
    }
    return bound;
  }

  /**
   * The column of that name, or one for each number of a vector: {@code size_0}, {@code size_1}.
   */
  private static List<String> columns(Table table, List<String> names, Examples.Field field) {
    if (names.contains(field.name())) {
      return List.of(field.name());
    }
    Spec spec = field.spec();
    int width = spec.rank() == 2 ? (int) spec.size(1) : 1;
    for (int from = 0; from <= 1 && width > 1; from++) {
      List<String> some =
          IntStream.range(from, from + width).mapToObj(i -> field.name() + "_" + i).toList();
      if (names.containsAll(some)) {
        return some;
      }
    }
    String several =
        width > 1 ? " and no " + field.name() + "_0 to " + field.name() + "_" + (width - 1) : "";
    throw new DataException(
        table.file()
            + ": has no column '"
            + field.name()
            + "'"
            + several
            + " for the network's input of that name."
            + Nearest.hint(field.name(), names));
  }

  private static Column column(Table table, List<String> names, Spec spec) {
    return spec.dtype() == DType.STRING
        ? table.texts(names.get(0), one(spec))
        : table.numbers(names);
  }

  /** The shape of a single text: (1), or that of an input without a second dimension. */
  private static int[] one(Spec spec) {
    return spec.rank() == 1 ? new int[0] : new int[] {1};
  }

  /** Single texts take the shape that the network wants, (batch) or (batch, 1). */
  private static Column shaped(Column column, Examples.Field field) {
    boolean single =
        column instanceof Column.Texts texts && Arrays.stream(texts.shape()).allMatch(n -> n == 1);
    return single && field.spec().dtype() == DType.STRING && field.spec().rank() <= 2
        ? new Column.Texts(((Column.Texts) column).values(), one(field.spec()))
        : column;
  }

  private DataException unused(List<String> names, Collection<String> used) {
    Set<String> left = new HashSet<>(names);
    left.removeAll(used);
    return new DataException(
        data.name()
            + ": "
            + String.join(", ", left.stream().sorted().toList())
            + (left.size() == 1 ? " is no input" : " are no inputs")
            + " of the network. Leave "
            + (left.size() == 1 ? "it" : "them")
            + " out; in a table, with 'drop'.");
  }
}
