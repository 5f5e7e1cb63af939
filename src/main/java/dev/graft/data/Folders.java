package dev.graft.data;

import dev.graft.error.DataException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Image files in folders, in the order and under the names of Keras's {@code flow_from_directory}.
 *
 * <p>Class folders are sorted by name; below each, folders are sorted by their path and files by
 * name, by code point. Hidden folders are no classes. Source: Keras 3.15 {@code
 * legacy/preprocessing/image.py} and {@code utils/dataset_utils.index_directory}.
 */
public final class Folders {
  /** What Keras's two readers of folders take for images, by name. */
  private static final Set<String> IMAGES =
      Set.of("bmp", "gif", "jpeg", "jpg", "png", "ppm", "tif", "tiff");

  private static final List<String> PARTS =
      Arrays.stream(Context.Role.values()).flatMap(role -> names(role).stream()).toList();

  /** True of a file that is an image by its name. */
  public static boolean isImage(Path file) {
    return Files.isRegularFile(file) && IMAGES.contains(FileNames.extension(FileNames.name(file)));
  }

  /** True when {@code folder} has folders in it that are not hidden. */
  public static boolean hasFolders(Path folder) {
    return !new Folders().folders(folder).isEmpty();
  }

  private final List<String> ignored = new ArrayList<>();

  /** Files that are no images by their name, and so were left out. */
  List<String> ignored() {
    return ignored;
  }

  /** The folders in {@code folder} that are not hidden, sorted by name. */
  List<Path> folders(Path folder) {
    return list(folder).stream()
        .filter(path -> Files.isDirectory(path) && !FileNames.name(path).startsWith("."))
        .toList();
  }

  /** The image files directly in {@code folder}, sorted by name. */
  List<Path> images(Path folder) {
    List<Path> images = new ArrayList<>();
    for (Path file : list(folder)) {
      // A link to nothing is a broken image, not one file less.
      if (Files.isRegularFile(file) || (Files.isSymbolicLink(file) && !Files.exists(file))) {
        String name = FileNames.name(file);
        // macOS leaves "._photo.jpg", which is no JPEG, beside each photo on foreign disks.
        if (IMAGES.contains(FileNames.extension(name)) && !name.startsWith("._")) {
          images.add(file);
        } else {
          ignored.add(FileNames.display(file));
        }
      }
    }
    return images;
  }

  /** The image files in {@code folder} and below; links to folders are not followed. */
  List<Path> imagesBelow(Path folder) {
    List<Path> all = new ArrayList<>();
    List<Path> folders = new ArrayList<>();
    collect(folder, folders);
    String root = folder.toUri().getRawPath();
    folders.sort(
        Comparator.comparing(
            path ->
                path.toUri().getRawPath().substring(root.length()).isEmpty()
                    ? ""
                    : relative(folder, path),
            FileNames.ORDER));
    folders.forEach(path -> all.addAll(images(path)));
    return all;
  }

  private static String relative(Path from, Path to) {
    return to.equals(from) ? "" : relative(from, to.getParent()) + "/" + FileNames.name(to);
  }

  private void collect(Path folder, List<Path> into) {
    into.add(folder);
    for (Path path : list(folder)) {
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        collect(path, into);
      }
    }
  }

  /** True when {@code folder} has a part of its own to validate with. */
  public static boolean hasValidation(Path folder) {
    return part(folder, Context.Role.VALIDATION) != null;
  }

  /** The folder for {@code role} in one that holds train, val or test, in any case, or null. */
  static Path part(Path folder, Context.Role role) {
    if (!Files.isDirectory(folder)) {
      return null;
    }
    List<Path> folders = new Folders().folders(folder);
    boolean others = folders.stream().anyMatch(path -> !PARTS.contains(lower(path)));
    for (String name : names(role)) {
      for (Path path : folders) {
        // Photos of trains beside photos of buses are a class.
        if (lower(path).equals(name) && (!others || hasFolders(path))) {
          return path;
        }
      }
    }
    return null;
  }

  private static String lower(Path path) {
    return FileNames.name(path).toLowerCase(Locale.ROOT);
  }

  private static List<String> names(Context.Role role) {
    return switch (role) {
      case TRAIN -> List.of("train", "training");
      case VALIDATION -> List.of("validation", "val", "valid");
      case TEST -> List.of("test", "testing");
    };
  }

  private static List<Path> list(Path folder) {
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(paths::add);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new DataException(folder + ": no such folder. Check the path.", e);
    } catch (java.nio.file.NotDirectoryException e) {
      throw new DataException(folder + ": expected a folder, came a file.", e);
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      throw new DataException(folder + ": cannot be listed: " + e.getMessage(), e);
    }
    paths.sort(Comparator.comparing(FileNames::name, FileNames.ORDER));
    return paths;
  }
}
