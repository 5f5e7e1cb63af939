package dev.graft.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A SOURCE as the command line takes it, in the words of a recipe. */
final class SourceText {
  private SourceText() {}

  /**
   * A folder, a {@code .csv}, {@code IMAGES,LABELS} as IDX, {@code x.npy,y.npy}, {@code .npz}, or a
   * data set's name, whose test part is meant.
   */
  static Map<String, Object> parse(String text) {
    Map<String, Object> source = new LinkedHashMap<>();
    Path path = Path.of(text);
    if (Files.isDirectory(path)) {
      source.put("folder", text);
    } else if (text.contains(",")) {
      List<String> pair = List.of(text.split(",", -1));
      source.put(pair.get(0).endsWith(".npy") ? "npy" : "idx", pair);
    } else if (text.endsWith(".csv")) {
      source.put("csv", text);
      Path folder = path.toAbsolutePath().getParent();
      source.put("folder", folder.toString());
    } else if (text.endsWith(".npz")) {
      source.put("npz", text);
    } else {
      source.put("dataset", text);
    }
    return source;
  }
}
