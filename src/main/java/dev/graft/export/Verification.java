package dev.graft.export;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.files.NpyArray;
import dev.graft.keras.KerasFile;
import dev.graft.keras.LoadOptions;
import dev.graft.keras.WeightFile;
import dev.graft.keras.WeightMatch;
import dev.graft.layers.Layers;
import dev.graft.network.Network;
import dev.graft.runtime.NpyTensors;
import dev.graft.runtime.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Tensor;

/**
 * Runs the inputs kept in what Graft wrote, and compares with the outputs kept beside them.
 *
 * <p>A run folder is also held against its card: which files are no longer what they were.
 */
public final class Verification {
  /** What a run folder may hold, under the names of a run. */
  private static final List<String> MODELS = List.of("saved_model", "model.keras", "model.h5");

  private final Settings settings;
  private final Layers layers;

  /**
   * How to load what is verified.
   *
   * @param layers the layers a Keras file may name
   */
  public Verification(Settings settings, Layers layers) {
    this.settings = settings;
    this.layers = layers;
  }

  /**
   * Verifies a run folder, a SavedModel folder, a {@code .keras}, a whole-model {@code .h5} or a
   * frozen {@code .pb}.
   *
   * @throws SettingException when nothing is kept in it to verify it with
   */
  public List<Finding> of(Path path) {
    if (!Files.exists(path)) {
      throw new DataException(path + ": there is no such file or folder. Check the path.");
    }
    if (Files.exists(path.resolve(Card.FILE))) {
      return run(path);
    }
    return Files.isDirectory(path) || path.toString().endsWith(".pb") ? served(path) : keras(path);
  }

  private List<Finding> run(Path folder) {
    Card card = Card.read(folder);
    List<Finding> findings = new ArrayList<>();
    List<String> changed = card.changed(folder);
    changed.forEach(name -> findings.add(new Finding(name, false, "no longer what the card says")));
    if (changed.isEmpty()) {
      findings.add(
          new Finding(
              Card.FILE, true, card.files().size() + " files have the SHA-256 sums it lists"));
    }
    for (String model : MODELS) {
      if (Files.exists(folder.resolve(model))) {
        findings.addAll(of(folder.resolve(model)));
      }
    }
    return findings;
  }

  private List<Finding> served(Path path) {
    try (ServedModel model = ServedModel.open(path, settings)) {
      Check check = kept(path, model.note());
      List<Finding> findings = new ArrayList<>();
      if (!check.inputs().isEmpty()) {
        findings.addAll(served(path, model, check));
      }
      if (model.signatures().containsKey(Signatures.IMAGES) && !check.pictures().isEmpty()) {
        try (Answer answer = model.classify(check.pictures())) {
          findings.add(
              Finding.compare(
                  path + " " + Signatures.IMAGES,
                  NpyTensors.read(answer.tensor("probabilities")),
                  check.probabilities(),
                  check.tolerance()));
        }
      }
      return findings;
    }
  }

  private static List<Finding> served(Path path, ServedModel model, Check check) {
    ServedSignature signature = model.signature(Signatures.DEFAULT);
    Map<String, Tensor> fed = new LinkedHashMap<>();
    try {
      check
          .inputs()
          .forEach(
              (name, array) ->
                  fed.put(name, NpyTensors.of(array, signature.inputs().get(name).type())));
      try (Answer answer = model.run(Signatures.DEFAULT, fed)) {
        return compared(
            path + " " + Signatures.DEFAULT, check, name -> NpyTensors.read(answer.tensor(name)));
      }
    } finally {
      fed.values().forEach(Tensor::close);
    }
  }

  /** The outputs of {@code where}, which {@code given} finds, beside those that were kept. */
  private static List<Finding> compared(
      String where, Check check, Function<String, NpyArray> given) {
    List<Finding> findings = new ArrayList<>();
    check
        .outputs()
        .forEach(
            (name, expected) ->
                findings.add(
                    Finding.compare(
                        where + " " + name, given.apply(name), expected, check.tolerance())));
    return findings;
  }

  private List<Finding> keras(Path path) {
    KerasFile file = KerasFile.open(path, layers);
    Note note =
        file.graft() == null
            ? Note.none()
            : Note.read(Config.of(file.graft(), path + ": graft").ignore());
    Check check = kept(path, note);
    try (Network network = Network.forInference(file.model(), settings)) {
      try (WeightFile weights = WeightFile.open(path)) {
        network.assign(
            WeightMatch.of(file.model(), weights, LoadOptions.strict())
                .store(
                    name -> {
                      throw new IllegalStateException("no weight " + name);
                    }));
      }
      Map<String, NpyArray> given = SelfCheck.run(network, check.inputs());
      return compared(path.toString(), check, given::get);
    }
  }

  private static Check kept(Path path, Note note) {
    if (note.check() == null) {
      throw new SettingException(
          path + ": holds no inputs to verify it with. Only files that Graft wrote have them.");
    }
    return note.check();
  }
}
