package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads a SOURCE of a recipe into a {@link Dataset}: which files, and which of their examples.
 *
 * <p>A SOURCE has exactly one of the keys {@code dataset}, {@code folder}, {@code csv}, {@code
 * table}, {@code idx}, {@code npy}, {@code npz}, {@code hdf5}. Then, in this order: {@code rows}
 * [from, to), {@code classes} (kept, relabelled by place in the list), {@code skip}, {@code take}.
 */
public final class Source {
  private static final List<String> KINDS =
      List.of("dataset", "folder", "csv", "table", "idx", "npy", "npz", "hdf5");

  /** What may stand beside them. */
  private static final Set<String> OTHERS =
      Set.of(
          "rows",
          "classes",
          "skip",
          "take",
          "labels",
          "augment",
          "part",
          "file",
          "label",
          "drop",
          "separator",
          "x",
          "y",
          "seed",
          "stratify",
          "fold");

  private Source() {}

  /**
   * Reads a SOURCE.
   *
   * @throws dev.graft.error.GraftException naming the place in the recipe, or the file, and what is
   *     wrong
   */
  public static Dataset read(Config source, Context context) {
    Context labelled =
        source.has("labels") ? context.labelled(Labels.of(source.get("labels"))) : context;
    Dataset narrowed = narrow(whole(source, labelled), source);
    if (context.classes().isEmpty()) {
      return narrowed;
    }
    // A folder's classes are names, even where they are called 0, 1 and 2.
    return source.has("folder")
        ? narrowed.as(context.classes())
        : narrowed.numbered(context.classes());
  }

  /**
   * Images without labels, for prediction: each path an image file, or a folder that is searched to
   * the bottom; in this order.
   */
  public static Dataset pictures(List<Path> paths, Context context) {
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new DataException(FileNames.display(path) + ": no such file. Check the path.");
      }
      Dataset found = FolderSets.images(path, context);
      for (int row = 0; row < found.size(); row++) {
        files.add(found.file(row));
      }
    }
    return Dataset.of("images", new Column.Pictures(files), null, List.of());
  }

  /**
   * The rows of a CSV file for a network, without labels. Where each input has a column of its
   * name, others are left out.
   *
   * @param wanted what the network takes
   */
  public static Dataset rows(Path csv, List<Examples.Field> wanted) {
    List<String> names = wanted.stream().map(Examples.Field::name).toList();
    return SheetSets.unlabelled(csv, names).fitted(wanted);
  }

  /** The names of the columns of a CSV file. */
  public static List<String> columns(Path csv) {
    return Sheet.open(csv).header();
  }

  /** The key of a recipe's {@code data} under which the SOURCE for {@code role} stands. */
  static String key(Context.Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  private static Dataset whole(Config source, Context context) {
    return switch (kind(source)) {
      case "dataset" -> NamedSets.open(source, context);
      case "folder" -> FolderSets.open(context.path(source.string("folder")), context);
      case "csv" -> SheetSets.images(source, context);
      case "table" -> SheetSets.table(source, context);
      case "idx" -> IdxSets.open(source.get("idx"), context);
      case "npy" -> ArraySets.npy(source, context);
      case "npz" -> ArraySets.npz(source, context);
      default -> ArraySets.hdf5(source, context);
    };
  }

  private static String kind(Config source) {
    List<String> kinds = new ArrayList<>(source.keys().stream().filter(KINDS::contains).toList());
    if (kinds.contains("csv") || kinds.contains("dataset")) {
      // A CSV of files and a data set's name may say in which folder they lie.
      kinds.remove("folder");
    }
    if (kinds.isEmpty() && !source.keys().isEmpty()) {
      refuseTypo(source);
    }
    if (kinds.size() != 1) {
      throw new SettingException(
          source.where()
              + ": expected exactly one of "
              + String.join(", ", KINDS)
              + ", came "
              + (kinds.isEmpty() ? "none" : String.join(", ", kinds))
              + ".");
    }
    return kinds.get(0);
  }

  /** A key that is nearly one of those: a hint is worth more than a list. */
  private static void refuseTypo(Config source) {
    List<String> known = new ArrayList<>(KINDS);
    if (source.where().endsWith("validation")) {
      known.addAll(List.of("split", "folds", "hash"));
    }
    for (String key : source.keys()) {
      String hint = Nearest.hint(key, known);
      if (!OTHERS.contains(key) && hint.contains("Did you mean")) {
        throw new SettingException(source.where() + ": '" + key + "' is not known here." + hint);
      }
    }
  }

  private static Dataset narrow(Dataset set, Config source) {
    Dataset narrowed = set;
    if (source.has("rows")) {
      int[] rows = source.get("rows").integers();
      if (rows.length != 2) {
        throw source.get("rows").wrong("[from, to]");
      }
      narrowed = narrowed.range(rows[0], rows[1]);
    }
    if (source.has("classes")) {
      narrowed = narrowed.only(kept(narrowed, source.get("classes")));
    }
    if (source.has("skip")) {
      narrowed = narrowed.skip(source.integer("skip"));
    }
    if (source.has("take")) {
      narrowed = narrowed.take(source.integer("take"));
    }
    if (narrowed.size() == 0) {
      throw new SettingException(source.where() + ": no examples are left.");
    }
    return narrowed;
  }

  /** Class indexes, given as such or by name. */
  private static List<Integer> kept(Dataset set, Config classes) {
    List<Integer> kept = new ArrayList<>();
    for (Config item : classes.items()) {
      int index = item.isString() ? set.classes().indexOf(item.string()) : item.integer();
      if (index < 0) {
        throw item.wrong("one of the classes " + String.join(", ", set.classes()));
      }
      kept.add(index);
    }
    return kept;
  }
}
