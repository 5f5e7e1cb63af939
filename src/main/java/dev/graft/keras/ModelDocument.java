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
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
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
  private static final String CONFIG = "config.json";
  private static final int LONGEST_JSON = 256 << 20;

  /** Reads {@code path}, whatever kind of Keras file it is. */
  static ModelDocument read(Path path) {
    if (isFolder(path)) {
      return folder(path);
    }
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
      if (!zip.has(CONFIG)) {
        throw new MalformedFileException(
            path
                + ": expected a .keras archive with config.json, found "
                + zip.names().stream().limit(10).toList()
                + ". Name a file that Keras saved.");
      }
      return parts(path, FileKind.KERAS, name -> zip.has(name) ? zip.text(name) : null);
    }
  }

  /** What {@code model.save(folder, zipped=False)} of Keras 3 leaves. */
  static boolean isFolder(Path path) {
    return Files.isDirectory(path) && Files.isRegularFile(path.resolve(CONFIG));
  }

  private static ModelDocument folder(Path path) {
    return parts(
        path,
        FileKind.FOLDER,
        name -> Files.isRegularFile(path.resolve(name)) ? text(path.resolve(name)) : null);
  }

  /** A network in parts; {@code text} gives a part's text, or null when there is none. */
  private static ModelDocument parts(Path path, FileKind kind, UnaryOperator<String> text) {
    String config = text.apply(CONFIG);
    Config model = Learned.in(Config.parse(config, path + ": " + CONFIG), path, text);
    Config metadata = part(path, "metadata.json", text);
    Writer writer = new Writer(metadata == null ? "" : metadata.string("keras_version", ""), "");
    return new ModelDocument(
        kind,
        writer,
        generation(writer, config),
        model,
        model.has("compile_config") ? model.get("compile_config") : null,
        part(path, "graft.json", text));
  }

  private static Config part(Path path, String name, UnaryOperator<String> text) {
    String found = text.apply(name);
    return found == null ? null : Config.parse(found, path + ": " + name);
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
    String text = text(path);
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

  private static String text(Path path) {
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
      return Files.readString(path);
    } catch (CharacterCodingException e) {
      throw new MalformedFileException(path + ": expected JSON in UTF-8. The file is damaged.", e);
    } catch (IOException e) {
      throw new DataException(path + ": cannot be read: " + e.getMessage() + ".", e);
    }
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
