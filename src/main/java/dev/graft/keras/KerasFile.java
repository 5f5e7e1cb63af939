package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.error.GraftException;
import dev.graft.error.UnsupportedException;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Keras file's network and settings. Its weights are read with {@link WeightFile}.
 *
 * @param path the file
 * @param kind what it is
 * @param writer who wrote it
 * @param generation of the Keras that wrote it, 1 to 3, told by its words where it does not say
 * @param model the network
 * @param compile compile settings; null when the file has none
 * @param graft what Graft itself wrote into the file, as plain data; null when it did not
 * @param notes settings that are read and not followed to the letter, each in one sentence
 */
public record KerasFile(
    Path path,
    FileKind kind,
    Writer writer,
    int generation,
    Model model,
    CompileSettings compile,
    Map<String, Object> graft,
    List<String> notes) {
  /** Opens a whole-model {@code .h5}, a {@code .keras} archive or an architecture {@code .json}. */
  public static KerasFile open(Path path, Layers layers) {
    return open(path, layers, null);
  }

  /**
   * Opens a whole-model {@code .h5}, a {@code .keras} archive or an architecture {@code .json}.
   *
   * @param input what goes in, batch first, for a Sequential that was saved before it was built;
   *     null when the file says
   * @throws UnsupportedException when the file holds weights alone, or a layer Graft does not have
   * @throws dev.graft.error.MalformedFileException when it is damaged
   * @throws dev.graft.error.SettingException when a layer has a setting that nobody understands
   */
  public static KerasFile open(Path path, Layers layers, Spec input) {
    ModelDocument document = ModelDocument.read(path);
    if (document.model() == null) {
      throw new UnsupportedException(
          path
              + ": it holds weights alone. Name the network too: an application, or an architecture"
              + " .json with --weights.");
    }
    ModelReader reader = new ModelReader(path.toString(), document.generation(), layers);
    Model model = reader.read(document.model(), input, true);
    Map<String, Object> graft = plain(document.graft());
    List<String> notes = new ArrayList<>(reader.notes());
    return new KerasFile(
        path,
        document.kind(),
        document.writer(),
        document.generation(),
        Variances.restored(model, graft),
        compile(document.training(), notes),
        Variances.rest(graft),
        notes);
  }

  /** Whether {@code path} is a folder that holds what a {@code .keras} archive does. */
  public static boolean isFolder(Path path) {
    return ModelDocument.isFolder(path);
  }

  /**
   * The optimizer's state in {@code weights}, which is this file's; null when it has none. Slots
   * are read while {@code weights} is open.
   *
   * @throws UnsupportedException when the order of this optimizer's slots is not known
   * @throws dev.graft.error.WeightException when the slots do not fit the trainable weights
   */
  public OptimizerState optimizer(WeightFile weights) {
    return compile == null ? null : OptimizerReader.read(model, weights, compile);
  }

  /** Compile settings that nobody understands are no reason not to open a network. */
  private static CompileSettings compile(Config training, List<String> notes) {
    try {
      return training == null ? null : CompileReader.read(plain(training), training.where());
    } catch (GraftException e) {
      notes.add("its compile settings are left out: " + e.getMessage());
      return null;
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> plain(Config config) {
    return config == null ? null : (Map<String, Object>) config.plain();
  }
}
