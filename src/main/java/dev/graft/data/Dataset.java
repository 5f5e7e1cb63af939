package dev.graft.data;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.files.NpyArray;
import dev.graft.runtime.Settings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Examples as they are stored, in a fixed order: plain data, nothing decoded, no native memory.
 *
 * <p>The ways to narrow it ({@link #range}, {@link #only}, {@link #take}, …) share the stored
 * values. {@link #prepare} makes {@link Examples} of it.
 *
 * @param name what to call it in messages
 * @param inputs at least one, by the name of the model's input; a single one may be called ""
 * @param targets by the name of the model's output; none when the examples have no labels
 * @param classes class names by index; empty when the targets are no classes
 * @param rows which stored rows it has, in order
 */
public record Dataset(
    String name, List<Input> inputs, List<Output> targets, List<String> classes, int[] rows) {
  /** A named input. */
  public record Input(String name, Column column) {}

  /** A named target. */
  public record Output(String name, Target target) {}

  /** Checks that inputs and targets have the same number of examples. */
  public Dataset {
    inputs = List.copyOf(inputs);
    targets = List.copyOf(targets);
    classes = List.copyOf(classes);
    int size = inputs.get(0).column().size();
    for (Input input : inputs) {
      same(name, input.name(), size, input.column().size());
    }
    for (Output target : targets) {
      same(name, target.name(), size, target.target().size());
    }
  }

  private static void same(String name, String which, int expected, int came) {
    if (came != expected) {
      throw new DataException(
          name
              + ": expected as many examples everywhere, the first input has "
              + expected
              + ", "
              + (which.isEmpty() ? "the labels have " : "'" + which + "' has ")
              + came
              + ". Check that the files belong together.");
    }
  }

  /** A data set of all stored rows, with one input and one target, or none when it is null. */
  static Dataset of(String name, Column column, Target target, List<String> classes) {
    List<Output> targets = target == null ? List.of() : List.of(new Output("", target));
    return all(name, List.of(new Input("", column)), targets, classes);
  }

  /** A data set of all stored rows. */
  static Dataset all(String name, List<Input> inputs, List<Output> targets, List<String> classes) {
    int[] rows = IntStream.range(0, inputs.get(0).column().size()).toArray();
    return new Dataset(name, inputs, targets, classes, rows);
  }

  /** How many examples there are. */
  public int size() {
    return rows.length;
  }

  /** The class index of example {@code row}, or -1 when it has no single class. */
  public int label(int row) {
    return targets.size() == 1 && targets.get(0).target() instanceof Target.Classes c
        ? c.index()[rows[row]]
        : -1;
  }

  /** The label of example {@code row} as text: its class, its classes, or its numbers. */
  public String labelText(int row) {
    if (targets.size() != 1) {
      return "";
    }
    if (targets.get(0).target() instanceof Target.Values values) {
      return values.text(rows[row], classes);
    }
    int label = label(row);
    return label < 0 ? "" : classes.get(label);
  }

  /** What a person would call example {@code row}: a file name, or {@code mnist row 17}. */
  public String name(int row) {
    return inputs.get(0).column() instanceof Column.Pictures pictures
        ? FileNames.display(pictures.files().get(rows[row]))
        : name + " row " + rows[row];
  }

  /** The file of example {@code row}, or null when it is not in a file of its own. */
  public Path file(int row) {
    return inputs.get(0).column() instanceof Column.Pictures pictures
        ? pictures.files().get(rows[row])
        : null;
  }

  /** True when the examples are image files sorted by class, as class folders give them. */
  boolean inFolders() {
    if (file(0) == null || label(0) < 0) {
      return false;
    }
    for (int row = 1; row < size(); row++) {
      if (label(row) < label(row - 1)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The same examples with their inputs as {@code wanted}, the network's inputs, says: matched by
   * name, in its order, columns of a table as texts where the network takes texts.
   *
   * @throws DataException when an input has no column, or a column no input
   */
  public Dataset fitted(List<Examples.Field> wanted) {
    return wanted.isEmpty() ? this : with(new Binding(this, wanted).inputs());
  }

  /** The same examples with other inputs. */
  Dataset with(List<Input> others) {
    return new Dataset(name, others, targets, classes, rows);
  }

  /**
   * All stored rows as arrays, by the names of the inputs.
   *
   * @throws IllegalStateException when they are pictures in files
   */
  public Map<String, NpyArray> arrays() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    for (Input input : inputs) {
      Column column = input.column();
      long[] shape = ArrayFeed.dimensions(column.size(), column.shape());
      int[] all = IntStream.range(0, column.size()).toArray();
      arrays.put(
          input.name(),
          column instanceof Column.Texts texts
              ? NpyArray.of(shape, texts.values())
              : NpyArray.of(shape, new ArrayFeed(column).floats(all)));
    }
    return arrays;
  }

  /** The same examples without labels. */
  Dataset unlabelled() {
    return new Dataset(name, inputs, List.of(), List.of(), rows);
  }

  /**
   * The examples without image files that cannot be decoded; every file is decoded once, unless all
   * of them were before and have not changed since.
   *
   * @param skipBad leaves broken images out and says so
   * @param context who hears of it, and where it is kept what was checked
   * @throws DataException naming the first few broken images, unless they are skipped
   */
  public Dataset checked(Preparation how, boolean skipBad, Settings settings, Context context) {
    return file(0) == null
        ? this
        : new PictureCheck(this, how.image(), context).run(skipBad, settings);
  }

  /** The examples {@code picked}, in that order. */
  public Dataset select(int[] picked) {
    int[] stored = Arrays.stream(picked).map(row -> rows[row]).toArray();
    return new Dataset(name, inputs, targets, classes, stored);
  }

  /** Examples {@code from} to {@code to}, the latter excluded. */
  public Dataset range(int from, int to) {
    if (from < 0 || to > size() || from > to) {
      throw new SettingException(
          name
              + ": rows ["
              + from
              + ", "
              + to
              + "] are out of range, it has "
              + size()
              + " examples.");
    }
    return new Dataset(name, inputs, targets, classes, Arrays.copyOfRange(rows, from, to));
  }

  /** All but the first {@code count} examples. */
  public Dataset skip(int count) {
    return range(count, size());
  }

  /** The first {@code count} examples. */
  public Dataset take(int count) {
    return range(0, count);
  }

  /**
   * The examples of the classes {@code kept} (indexes), which become classes 0, 1, … in this order.
   */
  public Dataset only(List<Integer> kept) {
    if (targets.size() != 1 || !(targets.get(0).target() instanceof Target.Classes old)) {
      throw new SettingException(
          name + ": 'classes' needs examples with one class each. Remove 'classes'.");
    }
    int[] fresh = new int[classes.size()];
    Arrays.fill(fresh, -1);
    for (int i = 0; i < kept.size(); i++) {
      int index = kept.get(i);
      if (index < 0 || index >= fresh.length) {
        throw new SettingException(
            name + ": there is no class " + index + ". Classes: " + String.join(", ", classes));
      }
      if (fresh[index] >= 0) {
        throw new SettingException(name + ": class " + index + " is listed twice in 'classes'.");
      }
      fresh[index] = i;
    }
    int[] left = Arrays.stream(rows).filter(row -> fresh[old.index()[row]] >= 0).toArray();
    return relabelled(fresh, kept.stream().map(classes::get).toList(), left);
  }

  /**
   * The same examples with the classes {@code known}, matched by name: a model's classes, say, when
   * some of them have no example here. Targets that are no classes stay as they are.
   */
  public Dataset as(List<String> known) {
    if (known.equals(classes) || classes.isEmpty()) {
      return this;
    }
    int[] fresh = classes.stream().mapToInt(known::indexOf).toArray();
    for (int i = 0; i < fresh.length; i++) {
      if (fresh[i] < 0) {
        throw new DataException(
            name
                + ": class '"
                + classes.get(i)
                + "' is not one of "
                + String.join(", ", known)
                + ". Remove or rename it.");
      }
    }
    return relabelled(fresh, known, rows);
  }

  /**
   * The same as {@link #as}, but where the classes are numbers from 0 and those of {@code known}
   * are names, the numbers are their places: {@code y.npy} says 2 where a folder says "rose".
   */
  Dataset numbered(List<String> known) {
    List<String> numbers = IntStream.range(0, classes.size()).mapToObj(Integer::toString).toList();
    boolean named = known.stream().anyMatch(each -> !each.matches("\\d+"));
    if (classes.isEmpty() || !named || !classes.equals(numbers)) {
      return as(known);
    }
    if (classes.size() > known.size()) {
      throw new DataException(
          name
              + ": expected labels from 0 to "
              + (known.size() - 1)
              + ", one for each of the classes "
              + String.join(", ", known)
              + "; came "
              + (classes.size() - 1)
              + ".");
    }
    return relabelled(IntStream.range(0, classes.size()).toArray(), known, rows);
  }

  private Dataset relabelled(int[] fresh, List<String> names, int[] kept) {
    Target target = targets.get(0).target().relabelled(fresh, names.size());
    return new Dataset(
        name, inputs, List.of(new Output(targets.get(0).name(), target)), names, kept);
  }

  /**
   * Examples that make batches of this data set; the caller closes them.
   *
   * @throws SettingException when the labels asked for do not fit the data
   */
  public Examples prepare(Preparation how, Settings settings) {
    return new Prepared(this, how, settings);
  }
}
