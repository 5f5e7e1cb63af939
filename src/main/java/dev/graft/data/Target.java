package dev.graft.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What is to be predicted, one value or row an example; plain data. */
public sealed interface Target {
  /** How many examples it has. */
  int size();

  /**
   * The same examples when class i becomes {@code fresh[i]} of {@code count}; -1 when it is gone.
   */
  Target relabelled(int[] fresh, int count);

  /**
   * One class an example.
   *
   * @param index the class of each; not copied
   * @param count how many classes there are
   */
  record Classes(int[] index, int count) implements Target {
    @Override
    public int size() {
      return index.length;
    }

    @Override
    public Target relabelled(int[] fresh, int classes) {
      // Examples that were left out earlier have no class any more.
      int[] moved = Arrays.stream(index).map(old -> old < 0 ? -1 : fresh[old]).toArray();
      return new Classes(moved, classes);
    }
  }

  /**
   * Numbers, or a 0 or 1 for each of several classes.
   *
   * @param values all examples in row-major order; not copied
   * @param shape of one example, without the batch dimension
   */
  record Values(float[] values, int[] shape) implements Target {
    /** The names of the classes that an example has, or its numbers, separated by bars. */
    String text(int row, List<String> classes) {
      int width = Column.product(shape);
      List<String> parts = new ArrayList<>();
      for (int i = 0; i < width; i++) {
        float value = values[row * width + i];
        if (classes.size() != width) {
          parts.add(Float.toString(value));
        } else if (value != 0) {
          parts.add(classes.get(i));
        }
      }
      return String.join("|", parts);
    }

    @Override
    public int size() {
      return values.length / Column.product(shape);
    }

    @Override
    public Target relabelled(int[] fresh, int count) {
      float[] moved = new float[size() * count];
      for (int i = 0; i < values.length; i++) {
        int column = fresh[i % fresh.length];
        if (column >= 0) {
          moved[i / fresh.length * count + column] = values[i];
        }
      }
      return new Values(moved, new int[] {count});
    }
  }
}
