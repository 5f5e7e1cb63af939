package dev.graft.report;

import dev.graft.error.DataException;
import java.util.List;

/**
 * What one output of a model said about examples whose answer is known.
 *
 * @param kind what the answers are
 * @param names of the classes, labels or values, one a column
 * @param targets the answers: a class index an example ({@code CLASSES}), else one value an example
 *     and column, row-major
 * @param values what the model said, one value an example and column, row-major; probabilities 0–1
 *     for classes and labels, after the softmax or sigmoid
 */
public record Predictions(Kind kind, List<String> names, float[] targets, float[] values) {
  /** What kind of answer an example has. */
  public enum Kind {
    /** Exactly one class of several; one sigmoid unit counts as two. */
    CLASSES,
    /** Any number of labels, each yes or no. */
    LABELS,
    /** Numbers. */
    NUMBERS
  }

  /** Checks the lengths. */
  public Predictions {
    names = List.copyOf(names);
    int columns = names.size();
    int rows = columns == 0 ? 0 : values.length / columns;
    int expected = kind == Kind.CLASSES ? rows : values.length;
    if (columns == 0 || values.length != rows * columns || targets.length != expected) {
      throw new DataException(
          "predictions: expected "
              + columns
              + " values an example, came "
              + values.length
              + " values and "
              + targets.length
              + " answers. Give as many class names as the model has outputs.");
    }
    if (kind == Kind.CLASSES) {
      for (float target : targets) {
        if (!(target >= 0 && target < columns)) {
          throw new DataException(
              "predictions: expected a class from 0 to "
                  + (columns - 1)
                  + ", came "
                  + target
                  + ". Give the classes that the model was trained with.");
        }
      }
    }
  }

  /** One class an example; {@code probabilities} holds one row of all classes an example. */
  public static Predictions classes(List<String> classes, int[] labels, float[] probabilities) {
    return new Predictions(Kind.CLASSES, classes, floats(labels), probabilities);
  }

  /** Two classes from one sigmoid unit, whose value is the probability of the second. */
  public static Predictions binary(List<String> classes, int[] labels, float[] ofSecond) {
    float[] both = new float[2 * ofSecond.length];
    for (int i = 0; i < ofSecond.length; i++) {
      both[2 * i] = 1 - ofSecond[i];
      both[2 * i + 1] = ofSecond[i];
    }
    return new Predictions(Kind.CLASSES, classes, floats(labels), both);
  }

  private static float[] floats(int[] labels) {
    float[] floats = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      floats[i] = labels[i];
    }
    return floats;
  }

  /** How many examples there are. */
  public int size() {
    return values.length / names.size();
  }

  /** What the model said of example {@code row} in column {@code column}. */
  public float value(int row, int column) {
    return values[row * names.size() + column];
  }

  /** The answer of example {@code row} in column {@code column}; for classes 1 or 0. */
  public float target(int row, int column) {
    return kind == Kind.CLASSES
        ? (targets[row] == column ? 1 : 0)
        : targets[row * names.size() + column];
  }

  /** The class of example {@code row}. */
  public int label(int row) {
    return (int) targets[row];
  }

  /** The most probable class of example {@code row}; the first of equals, as NumPy's argmax. */
  public int predicted(int row) {
    int best = 0;
    for (int c = 1; c < names.size(); c++) {
      if (value(row, c) > value(row, best) || Float.isNaN(value(row, best))) {
        best = c;
      }
    }
    return best;
  }

  /** Whether label {@code column} is said of example {@code row}: above a half, as in Keras. */
  public boolean said(int row, int column) {
    return value(row, column) > 0.5f;
  }
}
