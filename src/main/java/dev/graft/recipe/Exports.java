package dev.graft.recipe;

import dev.graft.config.Nearest;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.export.Folding;
import dev.graft.export.FrozenGraphExport;
import dev.graft.export.Note;
import dev.graft.export.SavedModelExport;
import dev.graft.keras.KerasWriter;
import dev.graft.keras.KerasWriter.Contents;
import dev.graft.keras.OptimizerState;
import dev.graft.keras.Reopening;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.runtime.Beside;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Forms a model is written in, and where.
 *
 * @param paths file or folder of each kind, in the order asked for
 * @param version numbered subfolder of a SavedModel, or null for none
 * @param options what is asked for beyond the kinds
 */
public record Exports(Map<String, Path> paths, Integer version, Options options) {
  /**
   * What is asked for beyond the kinds.
   *
   * @param state whether a {@code .h5} holds the optimizer's state, which Keras 3 cannot train from
   * @param features layers that a SavedModel gives the outputs of, too
   * @param frozen whether a SavedModel's weights are constants
   * @param precision in which a graph computes products, and keeps their weights
   */
  public record Options(
      boolean state, List<String> features, boolean frozen, Settings.Precision precision) {
    /** Nothing more. */
    public static final Options NONE =
        new Options(false, List.of(), false, Settings.Precision.FLOAT32);

    /** Copies. */
    public Options {
      features = List.copyOf(features);
    }
  }

  /** The kinds known, under the command line's names. */
  public static final List<String> KINDS =
      List.of("saved-model", "keras", "h5", "weights-h5", "weights-v3", "json", "graphdef");

  private static final List<String> TENSORFLOW = List.of("saved-model", "graphdef");

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
    return new Exports(paths, version, Options.NONE);
  }

  /** The same with more asked for. */
  public Exports with(Options more) {
    return new Exports(paths, version, more);
  }

  /** The kinds under their usual names in {@code folder}, replacing what is there. */
  static Exports in(Path folder, List<String> kinds, Integer version) {
    Map<String, Path> paths = new LinkedHashMap<>();
    kinds.forEach(kind -> paths.put(kind, folder.resolve(fileName(kind))));
    return new Exports(paths, version, Options.NONE);
  }

  private static String fileName(String kind) {
    return switch (kind) {
      case "saved-model" -> RunFolder.SAVED_MODEL;
      case "keras" -> RunFolder.KERAS;
      case "h5" -> RunFolder.H5;
      case "weights-h5" -> "weights.h5";
      case "weights-v3" -> "model.weights.h5";
      case "json" -> "architecture.json";
      case "graphdef" -> "model.pb";
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** Why {@code model} cannot be written as {@code kind}, or null; known before it is trained. */
  static String refusal(String kind, Model model) {
    return switch (kind) {
      case "keras" -> Reopening.noKeras(model);
      case "h5" -> Reopening.noH5(model);
      default -> null;
    };
  }

  /**
   * What is to be known before a file of these kinds is opened with Keras, a sentence each.
   *
   * @param trained what its training was
   */
  public List<String> remarks(Model model, Compiled trained) {
    List<String> remarks = new ArrayList<>();
    if (paths.containsKey("keras")) {
      remarks.addAll(Reopening.keras(model));
    }
    if (paths.containsKey("h5")) {
      boolean state = options.state() && trained.optimizer() != null;
      remarks.addAll(Reopening.h5(model, trained.compile(), state));
    }
    return remarks;
  }

  /**
   * Writes every kind.
   *
   * @param known how the model is used
   * @param trained what its training was
   */
  public void write(Network network, Note known, Compiled trained) {
    Note note = known.checked(network, List.of());
    paths.values().forEach(Exports::parents);
    // TensorFlow's forms are mostly written by it, Keras's by Java.
    Beside.run(
        () ->
            paths.forEach(
                (kind, path) -> {
                  if (!TENSORFLOW.contains(kind)) {
                    write(kind, path, network, note, trained);
                  }
                }),
        () ->
            paths.forEach(
                (kind, path) -> {
                  if (options.frozen() && TENSORFLOW.contains(kind)) {
                    folded(kind, path, network, note, trained);
                  } else if (TENSORFLOW.contains(kind)) {
                    write(kind, path, network, note, trained);
                  }
                }));
  }

  private void folded(String kind, Path path, Network network, Note note, Compiled trained) {
    Folding folding = Folding.of(network.model(), network, options.features());
    try (Network plain = Network.forInference(folding.model(), Settings.standard())) {
      plain.assign(folding.weights());
      write(kind, path, plain, note, trained);
    }
  }

  private void write(String kind, Path path, Network network, Note note, Compiled trained) {
    switch (kind) {
      case "keras" ->
          KerasWriter.keras(path, contents(network, note, trained, trained.optimizer()));
      case "h5" ->
          KerasWriter.wholeH5(
              path, contents(network, note, trained, options.state() ? trained.optimizer() : null));
      case "weights-h5" -> KerasWriter.weightsH5(path, network.model(), network);
      case "weights-v3" -> KerasWriter.weightsV3(path, network.model(), network);
      case "json" -> KerasWriter.architecture(path, network.model());
      case "graphdef" -> FrozenGraphExport.write(network, note, path, options.precision());
      case "saved-model" -> {
        SavedModelExport export =
            SavedModelExport.of(network)
                .about(note)
                .withFeatures(options.features())
                .in(options.precision());
        if (options.frozen()) {
          export = export.withConstants();
        }
        if (version == null) {
          export.write(path);
        } else {
          export.write(path, version);
        }
      }
      default -> throw new IllegalArgumentException(kind);
    }
  }

  private static Contents contents(
      Network network, Note note, Compiled trained, OptimizerState optimizer) {
    return new Contents(network.model(), network, trained.compile(), optimizer, note.config());
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
