package dev.graft.recipe;

import dev.graft.config.Nearest;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.export.FrozenGraphExport;
import dev.graft.export.Note;
import dev.graft.export.SavedModelExport;
import dev.graft.keras.CompileSettings;
import dev.graft.keras.KerasWriter;
import dev.graft.keras.KerasWriter.Contents;
import dev.graft.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Forms a model is written in, and where.
 *
 * @param paths file or folder of each kind, in the order asked for
 * @param version numbered subfolder of a SavedModel, or null for none
 */
public record Exports(Map<String, Path> paths, Integer version) {
  /** The kinds known, under the command line's names. */
  public static final List<String> KINDS =
      List.of("saved-model", "keras", "h5", "weights-h5", "weights-v3", "graphdef");

  /**
   * Checks the kinds and that nothing is in the way.
   *
   * @param out the file or folder itself for one kind, a folder for several
   */
  public static Exports of(List<String> kinds, Path out, Integer version) {
    Map<String, Path> paths = new LinkedHashMap<>();
    for (String kind : kinds) {
      if (!KINDS.contains(kind)) {
        throw new SettingException(
            "--as " + kind + ": there is no such kind." + Nearest.hint(kind, KINDS));
      }
      paths.put(kind, kinds.size() == 1 ? out : out.resolve(fileName(kind)));
    }
    paths.forEach(
        (kind, path) -> {
          boolean versioned = kind.equals("saved-model") && version != null;
          if (Files.exists(path) && !versioned) {
            throw new SettingException(
                "--out: " + path + " is there already. Remove it, or choose another place.");
          }
        });
    return new Exports(paths, version);
  }

  /** The kinds under their usual names in {@code folder}, replacing what is there. */
  static Exports in(Path folder, List<String> kinds, Integer version) {
    Map<String, Path> paths = new LinkedHashMap<>();
    kinds.forEach(kind -> paths.put(kind, folder.resolve(fileName(kind))));
    return new Exports(paths, version);
  }

  private static String fileName(String kind) {
    return switch (kind) {
      case "saved-model" -> RunFolder.SAVED_MODEL;
      case "keras" -> RunFolder.KERAS;
      case "h5" -> RunFolder.H5;
      case "weights-h5" -> "weights.h5";
      case "weights-v3" -> "model.weights.h5";
      case "graphdef" -> "model.pb";
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** Writes every kind. */
  public void write(Network network, Note known, CompileSettings compile) {
    Note note = known.checked(network, List.of());
    Contents contents = new Contents(network.model(), network, compile, null, note.config());
    paths.forEach(
        (kind, path) -> {
          parents(path);
          write(kind, path, network, note, contents);
        });
  }

  private void write(String kind, Path path, Network network, Note note, Contents contents) {
    switch (kind) {
      case "keras" -> KerasWriter.keras(path, contents);
      case "h5" -> KerasWriter.wholeH5(path, contents);
      case "weights-h5" -> KerasWriter.weightsH5(path, network.model(), network);
      case "weights-v3" -> KerasWriter.weightsV3(path, network.model(), network);
      case "graphdef" -> FrozenGraphExport.write(network, note, path);
      case "saved-model" -> {
        SavedModelExport export = SavedModelExport.of(network).about(note);
        if (version == null) {
          export.write(path);
        } else {
          export.write(path, version);
        }
      }
      default -> throw new IllegalArgumentException(kind);
    }
  }

  private static void parents(Path path) {
    Path parent = path.toAbsolutePath().getParent();
    try {
      if (parent != null) {
        Files.createDirectories(parent);
      }
    } catch (IOException e) {
      throw new DataException(
          "--out: the folder " + parent + " cannot be made: " + e.getMessage() + ".", e);
    }
  }
}
