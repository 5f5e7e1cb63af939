package dev.graft.layers;

import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Shapes of Einstein sums such as {@code bij,bjk->bik}. */
final class Einsums {
  private Einsums() {}

  /** Of {@code equation} over {@code inputs}; an ellipsis stands for any dimensions. */
  static Spec output(String equation, List<Spec> inputs) {
    String plain = equation.replace(" ", "").replace("...", ".");
    int arrow = plain.indexOf("->");
    String[] terms = plain.substring(0, Math.max(0, arrow)).split(",", -1);
    if (arrow < 0 || terms.length != inputs.size()) {
      throw new ShapeException(
          "einsum: '" + equation + "' does not fit " + inputs.size() + " tensors.");
    }
    Map<Character, Long> sizes = new HashMap<>();
    List<Long> between = new ArrayList<>();
    for (int t = 0; t < terms.length; t++) {
      List<Long> hidden = read(terms[t], inputs.get(t), sizes);
      between = hidden.size() > between.size() ? hidden : between;
    }
    List<Long> out = new ArrayList<>();
    for (int i = arrow + 2; i < plain.length(); i++) {
      char letter = plain.charAt(i);
      if (letter == '.') {
        out.addAll(between);
      } else {
        out.add(sizes.getOrDefault(letter, -1L));
      }
    }
    return Spec.floats(out.stream().mapToLong(Long::longValue).toArray());
  }

  /** Notes the sizes of the letters of {@code term}; gives those under its ellipsis. */
  private static List<Long> read(String term, Spec input, Map<Character, Long> sizes) {
    int dots = term.indexOf('.');
    int hidden = input.rank() - (term.length() - (dots >= 0 ? 1 : 0));
    if (hidden < 0 || (dots < 0 && hidden > 0)) {
      throw new ShapeException("einsum: '" + term + "' does not fit " + input + ".");
    }
    List<Long> between = new ArrayList<>();
    int axis = 0;
    for (int i = 0; i < term.length(); i++) {
      if (i != dots) {
        sizes.merge(term.charAt(i), input.size(axis++), Math::max);
        continue;
      }
      for (int k = 0; k < hidden; k++) {
        between.add(input.size(axis++));
      }
    }
    return between;
  }
}
