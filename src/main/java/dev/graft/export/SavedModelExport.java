package dev.graft.export;

import dev.graft.config.Json;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.files.AtomicFiles;
import dev.graft.layers.Model;
import dev.graft.network.HeldValues;
import dev.graft.network.Network;
import dev.graft.network.Variable;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * Writes a SavedModel: what TensorFlow Serving, Python's {@code tf.saved_model.load} and Java's
 * {@code SavedModelBundle} read.
 *
 * <p>{@code serving_default} takes the model's inputs by their Keras names as batches of any size
 * and gives the outputs by theirs. For a classifier of pictures {@code serve_images} takes {@code
 * image_bytes} (string (n): JPEG or PNG files) and gives {@code classes} (string (n, classes)) and
 * {@code probabilities} (float32 (n, classes)), with decoding, resizing and preprocessing inside.
 * It holds no training op and no optimizer state. Immutable.
 *
 * @param network holds the weights
 * @param note what is known about the use of the network
 * @param features layers whose outputs the signature {@code features} gives; may be empty
 * @param frozen weights as constants in the graph instead of variables beside it
 * @param precision in which convolutions and matrix products are computed and their weights kept
 */
public record SavedModelExport(
    Network network,
    Note note,
    List<String> features,
    boolean frozen,
    Settings.Precision precision) {
  /** Copies. */
  public SavedModelExport {
    features = List.copyOf(features);
  }

  /** A SavedModel of what {@code network} holds, with the one signature {@code serving_default}. */
  public static SavedModelExport of(Network network) {
    return new SavedModelExport(network, Note.none(), List.of(), false, Settings.Precision.FLOAT32);
  }

  /**
   * The same with what {@code known} says: the signature {@code serve_images} when it describes a
   * classifier of pictures, its check, and requests with which TensorFlow Serving warms up.
   */
  public SavedModelExport about(Note known) {
    return new SavedModelExport(network, known, features, frozen, precision);
  }

  /** The same with the signature {@code serve_images}. */
  public SavedModelExport classifying(Classifier pictures) {
    return about(Note.of(pictures.fitted(network.model())));
  }

  /** The same with the signature {@code features}: the outputs of these layers. */
  public SavedModelExport withFeatures(List<String> layers) {
    return new SavedModelExport(network, note, layers, frozen, precision);
  }

  /** The same with the weights as constants in the graph, at most 2 GB of them. */
  public SavedModelExport withConstants() {
    return new SavedModelExport(network, note, features, true, precision);
  }

  /**
   * The same with convolutions and matrix products computed in {@code other}, and their weights
   * kept in it. Inputs and outputs stay float32.
   */
  public SavedModelExport in(Settings.Precision other) {
    return new SavedModelExport(network, note, features, frozen, other);
  }

  /**
   * Writes the SavedModel as the numbered version {@code version} of {@code model}, a folder as
   * TensorFlow Serving wants it, which is made when it is not there.
   *
   * @return the version's folder
   */
  public Path write(Path model, int version) {
    if (version < 1) {
      throw new SettingException(
          "--version: expected a number of at least 1, came " + version + ".");
    }
    Path folder = model.resolve(Integer.toString(version));
    if (Files.exists(folder)) {
      throw new SettingException(
          folder + ": is there already. Choose another version or remove it.");
    }
    if (Files.isDirectory(model)) {
      write(folder);
    } else {
      AtomicFiles.directory(model, part -> write(part.resolve(folder.getFileName())));
    }
    return folder;
  }

  /** Writes the SavedModel into {@code folder}, which is absent or empty. */
  public void write(Path folder) {
    AtomicFiles.directory(folder, this::fill);
  }

  private void fill(Path folder) throws IOException {
    Model model = network.model();
    Optional<Classifier> classifier = note.classifier(model);
    try (ServingGraph graph = new ServingGraph(model, classifier.orElse(null), features)) {
      // TensorFlow has no empty checkpoint.
      boolean constants = frozen || model.variables().isEmpty();
      MetaGraphDef meta =
          constants ? graph.withConstants(network, precision) : graph.withVariables(precision);
      SavedModel saved =
          SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(meta).build();
      try (OutputStream out = Files.newOutputStream(folder.resolve(ServedModel.FILE))) {
        saved.writeTo(out);
      }
      if (!constants) {
        variables(Files.createDirectory(folder.resolve("variables")), meta.getGraphDef());
      }
    }
    if (!note.classes().isEmpty()) {
      Path assets = Files.createDirectory(folder.resolve("assets"));
      Files.write(assets.resolve("labels.txt"), note.classes());
    }
    extras(Files.createDirectory(folder.resolve("assets.extra")), classifier.isPresent());
    if (precision != Settings.Precision.FLOAT32 && note.check() != null) {
      Rounded.check(folder, precision);
    }
  }

  private void variables(Path folder, GraphDef graph) throws IOException {
    List<Variable> all =
        network.model().variables().stream().map(v -> network.variable(v.name())).toList();
    Map<String, DataType> rounded = Rounding.variables(graph);
    try {
      try (HeldValues values = new HeldValues(network, all)) {
        values.save(folder.resolve("variables"), rounded);
      }
    } catch (DataException e) {
      // TensorFlow names files that nobody asked for; of these the user is told as of any file.
      for (String reason : List.of("No space left on device", "File too large")) {
        if (e.getMessage().contains(reason)) {
          throw new IOException(reason, e);
        }
      }
      throw e;
    }
  }

  /** What TensorFlow does not look at, and TensorFlow Serving at one file of. */
  private void extras(Path folder, boolean pictures) throws IOException {
    Note kept = note.within(Rounding.tolerance(precision));
    Files.writeString(folder.resolve(ServedModel.NOTE), Json.pretty(kept.config()));
    if (note.check() == null) {
      return;
    }
    WarmUp.write(folder.resolve(WarmUp.FILE), network.model().name(), note.check(), pictures);
    try (InputStream script = SavedModelExport.class.getResourceAsStream("verify.py")) {
      Files.copy(script, folder.resolve("verify.py"));
    }
  }
}
