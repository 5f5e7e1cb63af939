package dev.graft.cli;

import dev.graft.data.Examples;
import dev.graft.data.Labels;
import dev.graft.data.Source;
import dev.graft.error.SettingException;
import dev.graft.layers.DType;
import dev.graft.layers.Model;
import dev.graft.network.FrozenLayer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A {@code .csv} as the command line takes it for a model that takes no pictures: its columns. */
final class TableText {
  private static final List<String> USUAL = List.of("label", "class", "labels", "target");

  private TableText() {}

  /** True when {@code model} takes columns: texts, or several inputs, or rows of numbers. */
  static boolean fits(Model model) {
    List<Examples.Field> inputs = Examples.Field.inputsOf(model);
    return !takesFiles(model)
        && inputs.stream()
            .allMatch(field -> field.spec().rank() <= 2 && field.spec().dtype() != DType.BOOL);
  }

  /** True when one of the inputs of {@code model} takes texts. */
  static boolean takesTexts(Model model) {
    return !takesFiles(model) && takesStrings(model);
  }

  /** The strings that a frozen graph takes are the contents of image files. */
  private static boolean takesFiles(Model model) {
    return takesStrings(model)
        && model.layers().stream().anyMatch(entry -> entry.layer() instanceof FrozenLayer);
  }

  private static boolean takesStrings(Model model) {
    return Examples.Field.inputsOf(model).stream()
        .anyMatch(field -> field.spec().dtype() == DType.STRING);
  }

  /**
   * A SOURCE in the words of a recipe: the columns that are inputs of {@code model}, and its
   * answers.
   *
   * @param label the column with the answers; null to find it
   */
  static Map<String, Object> source(Path csv, Model model, String label, Labels kind) {
    List<String> columns = Source.columns(csv);
    List<String> inputs =
        Examples.Field.inputsOf(model).stream().map(Examples.Field::name).toList();
    String answers = label == null ? label(csv, columns, inputs) : label;
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("table", csv.toString());
    source.put("label", answers);
    source.put("labels", kind.toString());
    if (columns.containsAll(inputs)) {
      List<String> others = new ArrayList<>(columns);
      others.removeAll(inputs);
      others.remove(answers);
      source.put("drop", others);
    }
    return source;
  }

  private static String label(Path csv, List<String> columns, List<String> inputs) {
    List<String> left = columns.stream().filter(name -> !inputs.contains(name)).toList();
    if (left.size() == 1) {
      return left.get(0);
    }
    return USUAL.stream()
        .filter(left::contains)
        .findFirst()
        .orElseThrow(
            () ->
                new SettingException(
                    csv
                        + ": which column has the answers? Add --label with one of "
                        + String.join(", ", left.subList(0, Math.min(10, left.size())))
                        + "."));
  }
}
