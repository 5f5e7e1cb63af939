package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.fetch.Places;
import dev.graft.fetch.Published;
import dev.graft.fetch.Registry;
import dev.graft.files.ElementType;
import dev.graft.files.NpyArray;
import dev.graft.files.NpzFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Data sets by name: where their files are looked for, and their class names.
 *
 * <p>Nothing is downloaded here. A folder that the user names (the key {@code folder}, or {@code
 * --data}) must have the set; otherwise the store, then Keras's own folder are looked through.
 * Keras's layouts are known: {@code mnist.npz}, {@code fashion-mnist/*.gz}, {@code flower_photos}
 * as {@code get_file} unpacks it.
 */
final class NamedSets {
  private static final List<String> CLOTHES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");
  private static final List<String> DIGITS =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
  private static final String SAMPLE = "fashion-mnist-sample";
  private static final String FLOWERS = "flower_photos";

  /** The class names; photos have those of their folders. */
  private static final Map<String, List<String>> SETS =
      Map.of(SAMPLE, CLOTHES, "fashion-mnist", CLOTHES, "mnist", DIGITS, FLOWERS, List.of());

  private NamedSets() {}

  /** {@code {"dataset": NAME, "part"}}; without a part, the one that the examples are for. */
  static Dataset open(Config source, Context context) {
    String name = source.string("dataset");
    if (!SETS.containsKey(name)) {
      throw new SettingException(
          source.where() + ": there is no data set '" + name + "'." + hint(name));
    }
    boolean train = context.role() == Context.Role.TRAIN;
    if (source.has("part")) {
      String part = source.string("part");
      train = part.equals("train");
      if (!train && !part.equals("test")) {
        throw new SettingException(
            source.where("part") + ": expected \"train\" or \"test\", came \"" + part + "\".");
      }
    }
    if (name.equals(SAMPLE)) {
      if (source.has("folder")) {
        throw new SettingException(
            source.where("folder") + ": " + SAMPLE + " is in Graft itself. Leave 'folder' out.");
      }
      return sample(train);
    }
    Path own = source.has("folder") ? context.path(source.string("folder")) : null;
    if (own != null && !Files.exists(own)) {
      throw new DataException(
          source.where("folder") + ": there is no folder " + own + ". Check the path.");
    }
    return name.equals(FLOWERS)
        ? flowers(source, context, train, own)
        : pictures(name, train, context.places(), own);
  }

  private static String hint(String name) {
    String near = Nearest.hint(name, SETS.keySet());
    return near.contains("Known here")
        ? near
        : near
            + " The data sets known are: "
            + String.join(", ", SETS.keySet().stream().sorted().toList())
            + ".";
  }

  private static Dataset pictures(String name, boolean train, Places places, Path own) {
    String prefix = train ? "train" : "t10k";
    String images = prefix + "-images-idx3-ubyte";
    String labels = prefix + "-labels-idx1-ubyte";
    String title = name + (train ? " train" : " test");
    for (Path folder : folders(places, own)) {
      Path npz = npz(name, folder, own != null);
      if (npz != null) {
        return archived(title, npz, train ? "train" : "test", SETS.get(name));
      }
      Path first = idx(name, images, folder, own != null);
      Path second = idx(name, labels, folder, own != null);
      if (first != null && second != null) {
        Idx known = KnownLabels.check(title, second, Idx.read(second));
        return IdxSets.of(title, Idx.read(first), known, SETS.get(name));
      }
    }
    throw missing(name, places, own, name + ".npz nor " + images + ".gz with its labels");
  }

  /** As Keras's {@code mnist.npz}: x_train, y_train, x_test, y_test, all bytes. */
  private static Dataset archived(String title, Path path, String part, List<String> classes) {
    try (NpzFile file = NpzFile.open(path)) {
      Idx known = KnownLabels.check(title, path, bytes(file, path, "y_" + part));
      return IdxSets.of(title, bytes(file, path, "x_" + part), known, classes);
    }
  }

  private static Idx bytes(NpzFile file, Path path, String name) {
    NpyArray array = file.array(name);
    if (!array.type().equals(ElementType.UINT8)) {
      throw new DataException(
          path + ": array '" + name + "': expected uint8, came " + array.type() + ".");
    }
    byte[] values = new byte[array.size()];
    array.data().duplicate().rewind().get(values);
    return new Idx(
        java.util.Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray(), values);
  }

  private static Path npz(String name, Path folder, boolean given) {
    Path file =
        given && folder.toString().endsWith(".npz") ? folder : folder.resolve(name + ".npz");
    return Files.isRegularFile(file) ? file : null;
  }

  /**
   * In the user's own folder the files may lie bare; elsewhere two sets' files share their names.
   */
  private static Path idx(String name, String file, Path folder, boolean given) {
    List<String> below = List.of(name + "/" + file + ".gz", name + "/" + file);
    Path found = Places.find(List.of(folder), below);
    return found == null && given
        ? Places.find(List.of(folder), List.of(file + ".gz", file))
        : found;
  }

  private static Dataset flowers(Config source, Context context, boolean train, Path own) {
    Path folder =
        own != null
            ? Photos.own(FLOWERS, own, context)
            : Photos.find(FLOWERS, context.places().data());
    if (folder == null) {
      throw missing(FLOWERS, context.places(), own, "the folder flower_photos nor its archive");
    }
    Context.Role role = train ? Context.Role.TRAIN : Context.Role.TEST;
    boolean split = Folders.part(folder, Context.Role.TRAIN) != null;
    if (!train && !split && source.has("part")) {
      throw new SettingException(
          source.where("part")
              + ": "
              + folder
              + " has no parts, only class folders. Leave 'part' out and set data.validation to"
              + " {\"split\": 0.2}.");
    }
    return FolderSets.open(folder, context.as(role, context.classes()));
  }

  private static List<Path> folders(Places places, Path own) {
    return own == null ? places.data() : List.of(own);
  }

  private static DataException missing(String name, Places places, Path own, String files) {
    Published published = Registry.standard().named(name, Published.Kind.DATA);
    String looked = String.join(", ", folders(places, own).stream().map(Path::toString).toList());
    String fetch =
        " Fetch it with: "
            + published.command()
            + " (it goes to "
            + published.folder(places).resolve(published.files().get(0).file())
            + "), or name a folder that has it with --data.";
    return new DataException(
        "data set '"
            + name
            + "': neither "
            + files
            + " is in "
            + looked
            + "."
            + (own == null ? fetch : " Check the folder."));
  }

  private static Dataset sample(boolean train) {
    String prefix = train ? "train" : "t10k";
    return IdxSets.of(
        SAMPLE + (train ? " train" : " test"),
        resource(SAMPLE + "/" + prefix + "-images-idx3-ubyte.gz"),
        resource(SAMPLE + "/" + prefix + "-labels-idx1-ubyte.gz"),
        CLOTHES);
  }

  private static Idx resource(String path) {
    try (InputStream in = NamedSets.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("resource " + path + " is missing from the jar");
      }
      byte[] bytes = in.readAllBytes();
      return Idx.read(new java.io.ByteArrayInputStream(bytes), bytes.length, path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
