package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.error.MalformedFileException;
import dev.graft.error.SettingException;
import dev.graft.error.UnsupportedException;
import dev.graft.export.Note;
import dev.graft.files.AtomicFiles;
import dev.graft.files.ScratchFolder;
import dev.graft.files.Unpacking;
import dev.graft.files.ZipArchive;
import dev.graft.files.ZipWriter;
import dev.graft.keras.LoadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A MODEL and what is asked of it, in one zip file that other machines open: the model's own files
 * as they are, and {@code parcel.json}.
 *
 * @param at the layer that is wanted, by name or index as Keras counts; null for the model's output
 * @param size height and width of the pictures where the model leaves them open; 0 as the model
 *     says
 * @param note how pictures are prepared, and the classes
 */
public record Parcel(String at, int size, Note note) {
  private static final String JOB = "parcel.json";
  private static final int VERSION = 1;
  private static final String MODEL = "model/";
  private static final String WEIGHTS = "weights/";

  /** Model and weights inside the zip, or an application's name and its weights. */
  private record Contents(String model, String weights, Map<String, Path> files) {}

  /**
   * Writes {@code model} and this into {@code file}. Equal contents give equal bytes.
   *
   * @param model whole, as it was opened
   * @throws UnsupportedException when the model needs files that lie elsewhere
   */
  public void write(Path file, LoadedModel model) {
    Contents contents = contents(model);
    Map<String, Object> job = new LinkedHashMap<>();
    job.put("parcel", VERSION);
    job.put("model", contents.model());
    job.put("weights", contents.weights());
    job.put("at", at);
    job.put("size", size);
    LoadOptions options = model.weights().options();
    job.put("by_name", options.byName());
    job.put("skip_mismatch", options.skipMismatch());
    job.put("map", new java.util.TreeMap<>(options.renames()));
    job.put("note", note.unchecked().config());
    AtomicFiles.write(
        file,
        path -> {
          try (ZipWriter zip = ZipWriter.create(path)) {
            zip.text(JOB, Json.pretty(job));
            for (Map.Entry<String, Path> entry : contents.files().entrySet()) {
              zip.stored(entry.getKey(), entry.getValue());
            }
          }
        });
  }

  private static Contents contents(LoadedModel model) {
    Path named = plain(Path.of(model.name()));
    if (FrozenRun.needed(model.model()) && FrozenRun.in(named)) {
      throw new UnsupportedException(
          named
              + ": its trunk is a frozen graph that lies elsewhere. Give its "
              + named.resolve(RunFolder.SAVED_MODEL)
              + ", which holds everything.");
    }
    Map<String, Path> files = new LinkedHashMap<>();
    Path weights = model.weights().file() == null ? null : plain(model.weights().file());
    boolean run = Files.isDirectory(named) && weights != null && weights.startsWith(named);
    Path source = run ? weights : named;
    String inside = Files.exists(source) ? MODEL + source.getFileName() : model.name();
    if (Files.exists(source)) {
      add(files, inside, source);
    }
    String values = null;
    if (weights != null && !weights.equals(source)) {
      values = WEIGHTS + weights.getFileName();
      add(files, values, weights);
    } else if (weights == null && !model.model().variables().isEmpty()) {
      throw new SettingException(
          model.name() + ": it comes without weights. Name a file with --weights.");
    }
    return new Contents(inside, values, files);
  }

  /** Without dots, so that each has a name of its own. */
  private static Path plain(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static void add(Map<String, Path> files, String name, Path source) {
    if (!Files.isDirectory(source)) {
      files.put(name, source);
      return;
    }
    List<Path> all;
    try (Stream<Path> below = Files.walk(source)) {
      all = below.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new dev.graft.error.DataException(
          source + ": cannot be read: " + e.getMessage() + ".", e);
    }
    all.forEach(
        path ->
            files.put(name + "/" + source.relativize(path).toString().replace('\\', '/'), path));
  }

  /** Reads what is asked, not the model. */
  public static Parcel read(Path file) {
    Config job = job(file);
    Parcel parcel = of(job);
    job.ignore("model", "weights", "by_name", "skip_mismatch", "map");
    return parcel;
  }

  private static Parcel of(Config job) {
    return new Parcel(
        job.has("at") ? job.string("at") : null, job.integer("size"), Note.read(job.get("note")));
  }

  private static Config job(Path file) {
    if (!Files.exists(file)) {
      throw new dev.graft.error.DataException(file + ": no such file. Check the path.");
    }
    if (!ZipArchive.isZip(file)) {
      throw alien(file);
    }
    try (ZipArchive zip = ZipArchive.open(file)) {
      if (!zip.has(JOB)) {
        throw alien(file);
      }
      Config job = Config.parse(zip.text(JOB), file + ": " + JOB);
      int version = job.integer("parcel");
      if (version != VERSION) {
        throw new UnsupportedException(
            file
                + ": is a parcel of version "
                + version
                + ", this Graft reads "
                + VERSION
                + ". Pack it with the same Graft.");
      }
      return job;
    }
  }

  private static MalformedFileException alien(Path file) {
    return new MalformedFileException(
        file
            + ": expected a parcel, a zip file that has "
            + JOB
            + ". Pack it with graft"
            + " spark-features.");
  }

  /** Opens the model in {@code file} for image files that are held in memory. */
  public static PhotoRows open(Path file, Surroundings around) {
    try (ScratchFolder scratch = ScratchFolder.create()) {
      Unpacking.into(file, scratch.path(), done -> {});
      return PhotoRows.of(model(file, scratch.path(), around), around);
    } catch (IOException e) {
      throw new dev.graft.error.DataException(
          file + ": cannot be unpacked: " + e.getMessage() + ".", e);
    }
  }

  private static LoadedModel model(Path file, Path folder, Surroundings around) {
    Config job = job(file);
    Parcel parcel = of(job);
    String model = job.string("model");
    Path weights = job.has("weights") ? folder.resolve(job.string("weights")) : null;
    Map<String, String> renames = new LinkedHashMap<>();
    Config map = job.get("map");
    map.keys().forEach(key -> renames.put(key, map.string(key)));
    LoadOptions options =
        LoadOptions.strict()
            .withByName(job.flag("by_name"))
            .withSkipMismatch(job.flag("skip_mismatch"))
            .withRenames(renames);
    String place = model.startsWith(MODEL) ? folder.resolve(model).toString() : model;
    return parcel.prepared(LoadedModel.open(place, weights, options, around));
  }

  /** {@code model} cut, sized and with the note, as this asks. */
  public LoadedModel prepared(LoadedModel model) {
    LoadedModel cut = at == null ? model : model.cut(at);
    LoadedModel sized =
        size == 0 || cut.model().specs().get(cut.model().inputs().get(0)).rank() != 4
            ? cut
            : cut.sized(size, size);
    return sized.with(note);
  }
}
