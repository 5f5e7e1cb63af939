package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.files.Hdf5Attributes;
import dev.graft.files.Hdf5File;
import dev.graft.files.Hdf5Group;
import dev.graft.files.ZipArchive;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What a file says beside its weights.
 *
 * @param kind what the file is
 * @param writer who wrote it
 * @param generation of the Keras that wrote it, 1 to 3, told by its words where it does not say
 * @param model the network's config with its class name; null when the file has none
 * @param training compile settings in Keras's words; null when the file has none
 * @param graft what Graft itself wrote there; null when it did not
 */
record ModelDocument(
    FileKind kind, Writer writer, int generation, Config model, Config training, Config graft) {
  private static final Pattern KERAS_1 =
      Pattern.compile("\"(nb_filter|border_mode|dim_ordering|W_regularizer|inner_init)\"");
  private static final Pattern KERAS_3 = Pattern.compile("\"(keras_history|build_config)\"");
  private static final int LONGEST_JSON = 256 << 20;

  /** Reads {@code path}, whatever kind of Keras file it is. */
  static ModelDocument read(Path path) {
    if (ZipArchive.isZip(path)) {
      return archive(path);
    }
    if (Hdf5File.isHdf5(path)) {
      try (Hdf5File file = Hdf5File.open(path)) {
        return hdf5(path, file.root());
      }
    }
    return json(path);
  }

  private static ModelDocument archive(Path path) {
    try (ZipArchive zip = ZipArchive.open(path)) {
      if (!zip.has("config.json")) {
        throw new MalformedFileException(
            path
                + ": expected a .keras archive with config.json, found "
                + zip.names().stream().limit(10).toList()
                + ". Name a file that Keras saved.");
      }
      String text = zip.text("config.json");
      Config model = Config.parse(text, path + ": config.json");
      String version =
          zip.has("metadata.json")
              ? Config.parse(zip.text("metadata.json"), path + ": metadata.json")
                  .string("keras_version", "")
              : "";
      Config training = model.has("compile_config") ? model.get("compile_config") : null;
      Config graft =
          zip.has("graft.json")
              ? Config.parse(zip.text("graft.json"), path + ": graft.json")
              : null;
      Writer writer = new Writer(version, "");
      return new ModelDocument(
          FileKind.KERAS, writer, generation(writer, text), model, training, graft);
    }
  }

  private static ModelDocument hdf5(Path path, Hdf5Group root) {
    Hdf5Attributes attributes = root.attributes();
    Config graft = parse(attributes, "graft", path);
    Config model = parse(attributes, "model_config", path);
    if (model == null) {
      FileKind kind =
          WeightsByName.in(root.findGroup("model_weights").orElse(root))
              ? FileKind.WEIGHTS_H5
              : FileKind.WEIGHTS_V3;
      return new ModelDocument(kind, Writer.UNKNOWN, 0, null, null, graft);
    }
    Writer writer =
        new Writer(
            attributes.findString("keras_version").orElse(""),
            attributes.findString("backend").orElse(""));
    return new ModelDocument(
        FileKind.WHOLE_H5,
        writer,
        generation(writer, attributes.string("model_config")),
        model,
        parse(attributes, "training_config", path),
        graft);
  }

  private static int generation(Writer writer, String text) {
    if (writer.generation() != 0) {
      return writer.generation();
    }
    return KERAS_3.matcher(text).find() ? 3 : KERAS_1.matcher(text).find() ? 1 : 2;
  }

  private static Config parse(Hdf5Attributes attributes, String name, Path path) {
    return attributes
        .findString(name)
        .map(text -> Config.parse(text, path + ": " + name))
        .orElse(null);
  }

  private static ModelDocument json(Path path) {
    String text;
    try {
      if (!Files.isRegularFile(path)) {
        throw new DataException(path + ": there is no such file. Check the path.");
      }
      if (Files.size(path) > LONGEST_JSON || !startsLikeJson(path)) {
        throw new MalformedFileException(
            path
                + ": expected a Keras file (.h5, .keras or architecture .json), found something"
                + " else. Name a file that Keras saved.");
      }
      text = Files.readString(path);
    } catch (IOException e) {
      throw new DataException(path + ": cannot be read: " + e.getMessage() + ".", e);
    }
    Config model = Config.parse(text, path.toString());
    Writer writer = new Writer(model.string("keras_version", ""), model.string("backend", ""));
    return new ModelDocument(
        FileKind.ARCHITECTURE,
        writer,
        generation(writer, text),
        model,
        model.has("compile_config") ? model.get("compile_config") : null,
        null);
  }

  private static boolean startsLikeJson(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      int first = in.read();
      while (first == ' ' || first == '\n' || first == '\r' || first == '\t') {
        first = in.read();
      }
      return first == '{';
    }
  }
}
