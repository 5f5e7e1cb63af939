package dev.graft.recipe;

import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.SettingException;
import dev.graft.export.Note;
import dev.graft.keras.CompileSettings;
import dev.graft.keras.FileKind;
import dev.graft.keras.KerasFile;
import dev.graft.keras.LoadOptions;
import dev.graft.keras.LoadReport;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.model.Applications;
import dev.graft.model.Surgery;
import dev.graft.network.Network;
import dev.graft.train.Generation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A MODEL as commands take it: its network, where its weights are, and how its inputs are prepared.
 *
 * @param name what the user called it
 * @param model the network
 * @param weights where its values come from; a plan without a file when none were given
 * @param note what its file or name says of its inputs
 * @param compile compile settings as the file has them, or null
 * @param generation the Keras whose ways it is scored in
 */
public record LoadedModel(
    String name,
    Model model,
    WeightPlan weights,
    Note note,
    CompileSettings compile,
    Generation generation) {
  /** A model that is scored in the ways of Keras 3. */
  LoadedModel(String name, Model model, WeightPlan weights, Note note, CompileSettings compile) {
    this(name, model, weights, note, compile, Generation.KERAS_3);
  }

  /**
   * Opens a MODEL: a {@code .h5}, {@code .hdf5} or {@code .keras} file, a run folder, a SavedModel
   * folder, a frozen {@code .pb}, a {@code .json} with weights, or an application's name. No weight
   * is read yet.
   *
   * @param weights a file with the weights, or null when MODEL has them
   */
  public static LoadedModel open(
      String text, Path weights, LoadOptions options, Surroundings around) {
    Path path = Path.of(text);
    if (Files.isDirectory(path)) {
      return run(path, weights, options, around);
    }
    if (!Files.exists(path) && Applications.knows(text)) {
      return application(text, weights, options, around);
    }
    if (!Files.exists(path)) {
      throw new DataException(
          text
              + ": no such file. Give a Keras file, a run folder, or an application's name ("
              + String.join(", ", Applications.names())
              + ").");
    }
    if (GraphModel.is(path)) {
      return graph(text, path, weights, around);
    }
    return file(text, path, weights, options, around);
  }

  private static LoadedModel graph(String text, Path path, Path weights, Surroundings around) {
    if (weights != null) {
      throw new SettingException(text + ": a graph holds its own values. Leave --weights out.");
    }
    return GraphModel.open(text, path, around);
  }

  private static LoadedModel application(
      String name, Path weights, LoadOptions options, Surroundings around) {
    Applications.Application application = Applications.named(name, "MODEL");
    Path values =
        weights == null ? PublishedWeights.find(application, true, around.places()) : weights;
    Model whole = PublishedWeights.scaled(application, values).whole(1000);
    return new LoadedModel(
        application.name(),
        whole,
        new WeightPlan(values, options),
        Notes.of(application),
        null,
        Generation.KERAS_3);
  }

  private static LoadedModel file(
      String text, Path path, Path weights, LoadOptions options, Surroundings around) {
    KerasFile file = KerasFile.open(path, around.layers());
    for (String note : file.notes()) {
      around.progress().on(new dev.graft.progress.Progress.Message(path + ": " + note));
    }
    Path values = weights;
    if (values == null && file.kind() != FileKind.ARCHITECTURE) {
      values = path;
    }
    return new LoadedModel(
        text,
        file.model(),
        new WeightPlan(values, options),
        Notes.of(file),
        file.compile(),
        Grafted.generation(file));
  }

  private static LoadedModel run(
      Path folder, Path weights, LoadOptions options, Surroundings around) {
    if (KerasFile.isFolder(folder)) {
      return file(folder.toString(), folder, weights, options, around);
    }
    Path model = folder.resolve(RunFolder.H5);
    if (!Files.exists(model)) {
      model = folder.resolve(RunFolder.KERAS);
    }
    if (!Files.exists(model) && FrozenRun.in(folder)) {
      return FrozenRun.open(folder, options, around);
    }
    if (!Files.exists(model) && GraphModel.is(folder)) {
      return graph(folder.toString(), folder, weights, around);
    }
    if (!Files.exists(model)) {
      throw new DataException(
          folder
              + ": neither "
              + RunFolder.H5
              + " nor "
              + RunFolder.KERAS
              + " is in it. Give a run folder, a SavedModel, or a Keras file.");
    }
    return file(folder.toString(), model, weights, options, around);
  }

  /** The same up to the layer {@code at}, by name or index as Keras counts. */
  public LoadedModel cut(String at) {
    return new LoadedModel(
        name,
        Surgery.cut(model, at),
        new WeightPlan(weights.file(), weights.options().cutFrom(model)),
        note,
        null);
  }

  /** The same for pictures of another size. */
  public LoadedModel sized(int height, int width) {
    Spec input = model.specs().get(model.inputs().get(0));
    return new LoadedModel(
        name,
        Surgery.withInput(model, Spec.floats(-1, height, width, input.size(3))),
        weights,
        note,
        null);
  }

  /** The same with what the user says about preparation and classes. */
  public LoadedModel with(Note other) {
    return new LoadedModel(name, model, weights, other, compile, generation);
  }

  /**
   * What becomes of every tensor, found out without reading one.
   *
   * @throws SettingException when no weights are named
   * @throws dev.graft.error.WeightException when a tensor is left over and must not be
   */
  public LoadReport report() {
    if (weights.file() == null) {
      throw new SettingException(name + ": it comes without weights. Name a file with --weights.");
    }
    return weights.check(model);
  }

  /** Builds the network with its weights, for prediction. */
  public Network network(Surroundings around) {
    return network(around, 0);
  }

  /**
   * As the other method.
   *
   * @param seed of random layers, where they draw
   */
  public Network network(Surroundings around, long seed) {
    if (weights.file() == null && !model.variables().isEmpty()) {
      if (Applications.names().contains(name)) {
        PublishedWeights.required(Applications.named(name, "MODEL"), true, around.places());
      }
      throw new SettingException(name + ": it comes without weights. Name a file with --weights.");
    }
    Network network = Network.forSampling(model, around.settings(), seed);
    try {
      weights.into(network, 0);
      return network;
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** The lines of a file of class names, one a line. */
  public static List<String> classNames(Path file) {
    try {
      List<String> names =
          Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList();
      if (names.isEmpty()) {
        throw new DataException(file + ": expected class names, one a line, the file is empty.");
      }
      return names;
    } catch (java.nio.file.NoSuchFileException e) {
      throw new DataException(file + ": no such file. Check the path.", e);
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new MalformedFileException(file + ": expected class names in UTF-8, one a line.", e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
