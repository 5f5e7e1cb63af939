package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

  private Source() {}

  /**
   * Reads a SOURCE.
   *
   * @throws dev.graft.error.GraftException naming the place in the recipe, or the file, and what is
   *     wrong
   */
  public static Dataset read(Config source, Context context) {
    List<String> kinds = source.keys().stream().filter(KINDS::contains).toList();
    if (kinds.size() != 1
        && !kinds.equals(List.of("csv", "folder"))
        && !kinds.equals(List.of("folder", "csv"))) {
      throw new SettingException(
          source.where()
              + ": expected exactly one of "
              + String.join(", ", KINDS)
              + ", came "
              + (kinds.isEmpty() ? "none" : String.join(", ", kinds))
              + ".");
    }
    return narrow(whole(source, context), source);
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

  private static Dataset whole(Config source, Context context) {
    if (source.has("dataset")) {
      return NamedSets.open(
          source.string("dataset"),
          source.string("part", "train"),
          context.places(),
          source.where());
    }
    if (source.has("idx")) {
      List<Config> files = source.get("idx").items();
      if (files.size() != 2) {
        throw source.get("idx").wrong("[images file, labels file]");
      }
      Path images = context.path(files.get(0).string());
      return IdxSets.of(
          images.getFileName().toString(),
          Idx.read(images),
          Idx.read(context.path(files.get(1).string())),
          List.of());
    }
    if (source.has("folder")) {
      return FolderSets.open(context.path(source.string("folder")), context);
    }
    throw new SettingException(source.where() + ": not read yet.");
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
