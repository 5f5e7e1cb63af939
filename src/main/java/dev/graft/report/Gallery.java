package dev.graft.report;

import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Examples worth a look, by their rows.
 *
 * @param mistakes the surest ones first; for numbers, the largest errors
 * @param hits the least sure ones first; none for numbers
 */
record Gallery(List<Integer> mistakes, List<Integer> hits) {
  static final int SIZE = 12;

  static Gallery of(Predictions said) {
    return switch (said.kind()) {
      case CLASSES ->
          new Gallery(
              pick(said, row -> !hit(said, row), row -> -said.value(row, said.predicted(row))),
              pick(said, row -> hit(said, row), row -> said.value(row, said.predicted(row))));
      case LABELS ->
          new Gallery(
              pick(said, row -> worst(said, row) > 0.5, row -> -worst(said, row)),
              pick(said, row -> worst(said, row) <= 0.5, row -> -worst(said, row)));
      case NUMBERS -> new Gallery(pick(said, row -> true, row -> -worst(said, row)), List.of());
    };
  }

  private static boolean hit(Predictions said, int row) {
    return said.predicted(row) == said.label(row);
  }

  /** How far the worst column of an example is off. */
  private static double worst(Predictions said, int row) {
    return IntStream.range(0, said.names().size())
        .mapToDouble(c -> Math.abs((double) said.value(row, c) - said.target(row, c)))
        .max()
        .orElse(0);
  }

  private static List<Integer> pick(
      Predictions said, IntPredicate which, ToDoubleFunction<Integer> order) {
    return IntStream.range(0, said.size())
        .filter(which)
        .boxed()
        .sorted(Comparator.comparingDouble(order))
        .limit(SIZE)
        .toList();
  }
}
