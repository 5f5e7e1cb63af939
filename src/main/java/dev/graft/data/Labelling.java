package dev.graft.data;

import dev.graft.error.DataException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Targets made of what a file has for labels.
 *
 * @param target the targets
 * @param classes their names by index; empty for numbers
 */
record Labelling(Target target, List<String> classes) {
  /** The widest list of classes that numbers are taken for; beyond it they are measurements. */
  private static final int MOST_CLASSES = 100_000;

  /** Labels as texts: classes in the order of their names, or numbers for regression. */
  static Labelling ofTexts(List<String> texts, Labels kind, String where) {
    if (kind == Labels.REGRESSION) {
      float[] values = new float[texts.size()];
      for (int i = 0; i < values.length; i++) {
        try {
          values[i] = Float.parseFloat(texts.get(i).strip());
        } catch (NumberFormatException e) {
          throw new DataException(
              where
                  + ": expected a number to predict in example "
                  + (i + 1)
                  + ", came '"
                  + texts.get(i)
                  + "'.",
              e);
        }
      }
      return new Labelling(new Target.Values(values, new int[] {1}), List.of());
    }
    Set<String> distinct = new LinkedHashSet<>(texts);
    List<String> classes = new ArrayList<>(distinct);
    // "007" is a name, not the place of a class.
    boolean numbers = distinct.stream().allMatch(text -> text.matches("0|[1-9]\\d{0,8}"));
    if (numbers) {
      int[] values = texts.stream().mapToInt(Integer::parseInt).toArray();
      return ofIndexes(values, where);
    }
    classes.sort(FileNames.ORDER);
    int[] index = texts.stream().mapToInt(classes::indexOf).toArray();
    return new Labelling(new Target.Classes(index, classes.size()), classes);
  }

  /** Classes by number; their names are the numbers. */
  static Labelling ofIndexes(int[] index, String where) {
    int highest = IntStream.of(index).max().orElse(0);
    if (highest >= MOST_CLASSES) {
      throw new DataException(
          where
              + ": the highest class is "
              + highest
              + ", more than the "
              + MOST_CLASSES
              + " allowed. For numbers to predict set \"labels\": \"regression\".");
    }
    List<String> classes = IntStream.rangeClosed(0, highest).mapToObj(Integer::toString).toList();
    return new Labelling(new Target.Classes(index, classes.size()), classes);
  }

  /** Several classes an example: 0 or 1 for each, in the order of their names. */
  static Labelling ofSeveral(List<List<String>> labels) {
    Set<String> names = new TreeSet<>(FileNames.ORDER);
    labels.forEach(names::addAll);
    List<String> classes = List.copyOf(names);
    float[] values = new float[labels.size() * classes.size()];
    for (int i = 0; i < labels.size(); i++) {
      for (String name : labels.get(i)) {
        values[i * classes.size() + classes.indexOf(name)] = 1;
      }
    }
    return new Labelling(new Target.Values(values, new int[] {classes.size()}), classes);
  }

  /**
   * Labels as an array.
   *
   * @param values in row-major order
   * @param one the shape of one example
   * @param integers whether they are stored as integers
   * @param kind what they are to become, or null to go by how they are stored
   */
  static Labelling ofArray(float[] values, int[] one, boolean integers, Labels kind, String where) {
    boolean classes =
        kind == null ? integers : kind != Labels.REGRESSION && kind != Labels.MULTI_LABEL;
    int width = Column.product(one);
    if (classes && width == 1 && whole(values)) {
      int[] index = new int[values.length];
      for (int i = 0; i < index.length; i++) {
        index[i] = (int) values[i];
      }
      return ofIndexes(index, where);
    }
    if (kind == Labels.SPARSE) {
      refuseFractions(values, width, where);
    }
    if (classes && one.length == 1 && oneHot(values, width)) {
      int[] index = new int[values.length / width];
      for (int i = 0; i < values.length; i++) {
        if (values[i] == 1) {
          index[i / width] = i % width;
        }
      }
      return new Labelling(new Target.Classes(index, width), numbers(width));
    }
    boolean named = kind == Labels.MULTI_LABEL && one.length == 1;
    return new Labelling(new Target.Values(values, one), named ? numbers(width) : List.of());
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  private static boolean whole(float[] values) {
    for (float value : values) {
      if (!(value >= 0 && value == Math.rint(value))) {
        return false;
      }
    }
    return values.length > 0;
  }

  /** Keras cuts them off without a word. */
  private static void refuseFractions(float[] values, int width, String where) {
    for (int i = 0; i < values.length; i++) {
      if (Float.isFinite(values[i]) && values[i] != Math.rint(values[i])) {
        throw new DataException(
            where
                + ": the label of row "
                + i / width
                + " is "
                + values[i]
                + ", a class is a whole number. Check the labels, or set \"labels\":"
                + " \"regression\".");
      }
    }
  }

  private static boolean oneHot(float[] values, int width) {
    for (int row = 0; row < values.length; row += width) {
      int ones = 0;
      for (int i = row; i < row + width; i++) {
        if (values[i] != 0 && values[i] != 1) {
          return false;
        }
        ones += (int) values[i];
      }
      if (ones != 1) {
        return false;
      }
    }
    return values.length > 0;
  }
}
