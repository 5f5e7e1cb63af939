package dev.graft.cli;

import dev.graft.config.Config;
import dev.graft.data.Context;
import dev.graft.data.Dataset;
import dev.graft.data.Folders;
import dev.graft.data.Source;
import dev.graft.error.SettingException;
import dev.graft.recipe.Surroundings;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;

/** A SOURCE as the command line takes it, in the words of a recipe. */
final class SourceText {
  private static final String FOLDER = "folder";

  private SourceText() {}

  /** {@code --folder}, which says where the files of a {@code .csv} lie. */
  static Option folder() {
    return Console.value(FOLDER, "DIR", "where the files of a .csv lie (default: beside it)");
  }

  /** Where {@code --data} names no files, {@code --folder} has nothing to say. */
  static void refuseFolder(CommandLine line) {
    if (line.hasOption(FOLDER)) {
      throw new SettingException(
          "--folder: it says where the files of a .csv lie, and --data is no list of files.");
    }
  }

  /** What {@code --data} and {@code --folder} say. */
  static Map<String, Object> parse(CommandLine line) {
    Map<String, Object> source = parse(line.getOptionValue("data"));
    if (line.hasOption(FOLDER)) {
      if (!source.containsKey("csv")) {
        refuseFolder(line);
      }
      source.put(FOLDER, Path.of(line.getOptionValue(FOLDER)).toAbsolutePath().toString());
    }
    return source;
  }

  /**
   * A folder, a {@code .csv} of files and labels or as {@code graft features} writes it, {@code
   * IMAGES,LABELS} as IDX, {@code x.npy,y.npy}, {@code x.npy}, {@code .npz}, HDF5, or a data set's
   * name.
   */
  private static Map<String, Object> parse(String text) {
    Map<String, Object> source = new LinkedHashMap<>();
    Path path = Path.of(text);
    if (Files.isDirectory(path)) {
      source.put("folder", text);
    } else if (text.endsWith(".npy")) {
      source.put("npy", List.of(text.split(",", -1)));
    } else if (text.contains(",") && !Files.exists(path)) {
      source.put("idx", List.of(text.split(",", -1)));
    } else if (text.endsWith(".csv") && isTable(path)) {
      source.put("table", text);
    } else if (text.endsWith(".csv")) {
      source.put("csv", text);
      Path folder = path.toAbsolutePath().getParent();
      source.put("folder", folder.toString());
    } else if (text.endsWith(".npz")) {
      source.put("npz", text);
    } else if (text.endsWith(".h5") || text.endsWith(".hdf5")) {
      source.put("hdf5", text);
    } else {
      refusePath(text, path);
      source.put("dataset", text);
    }
    return source;
  }

  /** What can only be meant as a path is not looked up among data sets. */
  private static void refusePath(String text, Path path) {
    if (Files.exists(path)) {
      throw new SettingException(
          "--data: "
              + text
              + " is no folder, and no file with a name that ends in .csv, .npy, .npz or .h5."
              + " Photos lie in a folder for each class.");
    }
    if (text.contains("/") || text.contains(".")) {
      throw new SettingException(
          "--data: there is no file or folder " + text + ". Check the path.");
    }
  }

  /** True of what {@code graft features} writes. */
  private static boolean isTable(Path csv) {
    if (!Files.isRegularFile(csv)) {
      return false;
    }
    try (BufferedReader reader = Files.newBufferedReader(csv, StandardCharsets.ISO_8859_1)) {
      char[] head = new char[64];
      int count = reader.read(head);
      return count > 0 && new String(head, 0, count).startsWith("file,label,f0");
    } catch (IOException e) {
      // Said by whoever reads the file.
      return false;
    }
  }

  /**
   * The examples of a SOURCE, with labels where it has some: also one image, or a folder of images
   * without class folders.
   */
  static Dataset examples(CommandLine line, Surroundings around) {
    Path path = Path.of(line.getOptionValue("data"));
    Context context =
        Context.training(Path.of("").toAbsolutePath(), around.places(), around.progress());
    if (Folders.isImage(path) || (Files.isDirectory(path) && !Folders.hasFolders(path))) {
      refuseFolder(line);
      return Source.pictures(List.of(path), context);
    }
    Config source = Config.of(parse(line), "--data");
    Dataset data = Source.read(source, context);
    source.done();
    return data;
  }
}
