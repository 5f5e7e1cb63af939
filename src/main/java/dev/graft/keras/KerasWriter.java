package dev.graft.keras;

import dev.graft.config.Json;
import dev.graft.files.AtomicFiles;
import dev.graft.files.Hdf5GroupWriter;
import dev.graft.files.Hdf5Writer;
import dev.graft.files.ZipWriter;
import dev.graft.layers.Model;
import dev.graft.layers.WeightStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes Keras files. Each appears whole or not at all, and the same network gives the same bytes.
 */
public final class KerasWriter {
  /** The Keras in whose words a {@code .h5} is written. */
  static final String KERAS_2 = "2.18.0";

  /** The Keras in whose words a {@code .keras} archive is written. */
  static final String KERAS_3 = "3.15.0";

  /** Stands for the time of writing, which would make every file another one. */
  private static final String DATE = "1980-02-01@00:00:00";

  private KerasWriter() {}

  /**
   * What a file is to hold.
   *
   * @param model the network
   * @param weights its weights, read one at a time
   * @param compile compile settings, or null
   * @param optimizer the optimizer's state, or null; it needs compile settings
   * @param graft Graft's own notes, as plain data for JSON, or null
   */
  public record Contents(
      Model model,
      WeightStore weights,
      CompileSettings compile,
      OptimizerState optimizer,
      Map<String, Object> graft) {
    /** Puts the layers in the order in which Keras is going to hold them. */
    public Contents {
      model = KerasOrder.of(model);
    }

    /** The same with layers in the place of Keras 3's operations, where some do the same. */
    private Contents layered() {
      return new Contents(OperationsOut.layered(model), weights, compile, optimizer, graft);
    }

    /** The same in words that Keras 3 has. */
    private Contents newer() {
      Contents said = PlainNames.of(HardSigmoid.forKeras3(this));
      return new Contents(
          OperationsOut.newer(said.model), said.weights, said.compile, said.optimizer, said.graft);
    }

    /** A network and its weights, and nothing else. */
    public static Contents of(Model model, WeightStore weights) {
      return new Contents(model, weights, null, null, null);
    }
  }

  /**
   * A whole-model {@code .h5} in words that tf_keras 2.18 and Keras 3 read; in Keras 3's own where
   * a layer is one that tf_keras has not.
   *
   * @throws dev.graft.error.UnsupportedException when a layer cannot be said in them
   */
  public static void wholeH5(Path target, Contents given) {
    boolean newer = NewerLayers.in(given.model());
    Contents contents = inH5(given);
    Model model = contents.model();
    String config = Json.compact(NetworkConfig.of(model, dialect(newer)));
    String training =
        contents.compile() == null
            ? null
            : Json.compact(
                CompileWriter.keras2(
                    contents.compile(),
                    // What tf_keras cannot open anyway is said for Keras 3 alone.
                    Reopening.newer(model).isEmpty()
                        && CompileWriter.newer(contents.compile(), contents.optimizer() != null)));
    Map<String, Object> graft = Variances.noted(contents.graft(), model, newer ? 3 : 2);
    AtomicFiles.write(
        target,
        part -> {
          try (Hdf5Writer file = Hdf5Writer.create(part)) {
            Hdf5GroupWriter root = file.root();
            root.attributes().string("backend", "tensorflow");
            root.attributes().string("keras_version", newer ? KERAS_3 : KERAS_2);
            root.attributes().string("model_config", config);
            if (training != null) {
              root.attributes().string("training_config", training);
            }
            if (graft != null) {
              root.attributes().string("graft", Json.compact(graft));
            }
            WeightsOut.byName(root.group("model_weights"), model, contents.weights(), !newer);
            if (contents.optimizer() != null) {
              OptimizerWriter.byName(root.group("optimizer_weights"), contents);
            }
          }
        });
  }

  private static Contents inH5(Contents given) {
    Contents said = NewerLayers.in(given.model()) ? given.newer() : HardSigmoid.forKeras2(given);
    return said.layered();
  }

  private static ConfigDialect dialect(boolean newer) {
    return newer ? new Keras3Config(Map.of()) : new Keras2Config();
  }

  /** Throws what {@link #wholeH5} would throw of the layers of {@code model}. */
  static void checkH5(Model model) {
    Contents said = inH5(Contents.of(model, null));
    NetworkConfig.of(said.model(), dialect(NewerLayers.in(model)));
  }

  /** Throws what {@link #keras} would throw of the layers of {@code model}. */
  static void checkKeras(Model model) {
    NetworkConfig.of(Contents.of(model, null).newer().model(), dialect(true));
  }

  /** A weights-only {@code .h5}, groups named after layers, which both Kerases read. */
  public static void weightsH5(Path target, Model model, WeightStore weights) {
    AtomicFiles.write(
        target,
        part -> {
          try (Hdf5Writer file = Hdf5Writer.create(part)) {
            WeightsOut.byName(file.root(), KerasOrder.of(model), weights, true);
          }
        });
  }

  /** A weights-only {@code .weights.h5} as Keras 3 saves it, groups named after classes. */
  public static void weightsV3(Path target, Model model, WeightStore weights) {
    AtomicFiles.write(
        target, part -> weightsByClass(Hdf5Writer.create(part), Contents.of(model, weights)));
  }

  /**
   * Keras 3's {@code .keras} archive.
   *
   * @throws dev.graft.error.UnsupportedException when Keras 3 lacks a layer or activation
   */
  public static void keras(Path target, Contents given) {
    Contents contents = given.newer();
    Map<String, Object> compile =
        contents.compile() == null ? Map.of() : CompileWriter.keras3(contents.compile());
    String config = Json.compact(NetworkConfig.of(contents.model(), new Keras3Config(compile)));
    Map<String, Object> graft = Variances.noted(contents.graft(), contents.model(), 3);
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("keras_version", KERAS_3);
    metadata.put("date_saved", DATE);
    AtomicFiles.write(
        target,
        part -> {
          try (ZipWriter zip = ZipWriter.create(part)) {
            zip.stored("metadata.json", bytes(Json.compact(metadata)));
            zip.stored("config.json", bytes(config));
            zip.stored(
                "model.weights.h5",
                (file, start) -> weightsByClass(Hdf5Writer.within(file, start), contents));
            if (graft != null) {
              zip.stored("graft.json", bytes(Json.compact(graft)));
            }
          }
        });
  }

  /** The architecture alone, as {@code to_json()} of tf_keras gives it. */
  public static void architecture(Path target, Model model) {
    Map<String, Object> config =
        new LinkedHashMap<>(
            NetworkConfig.of(KerasOrder.of(OperationsOut.layered(model)), new Keras2Config()));
    config.put("keras_version", KERAS_2);
    config.put("backend", "tensorflow");
    AtomicFiles.string(target, Json.pretty(config));
  }

  /** Fills {@code file} and closes it. */
  private static void weightsByClass(Hdf5Writer file, Contents contents) {
    try (file) {
      WeightsOut.byClass(file.root(), contents.model(), contents.weights());
      if (contents.optimizer() != null) {
        OptimizerWriter.byClass(file.root().group("optimizer/vars"), contents);
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
