package dev.graft.data;

import dev.graft.error.DataException;
import dev.graft.files.AtomicFiles;
import dev.graft.files.Sha256;
import dev.graft.files.Unpacking;
import dev.graft.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where a published set of photos lies: as a folder, or in the user's own folder as an archive,
 * which is unpacked into the store once.
 */
final class Photos {
  private static final String ARCHIVE = ".*\\.(tar|tgz|tar\\.gz|zip)";

  private Photos() {}

  /**
   * The folder that has the classes of {@code name}, or their train and test folders; or null.
   *
   * @param folders looked through in this order
   */
  static Path find(String name, List<Path> folders) {
    for (Path folder : folders) {
      // As get_file of tf_keras and of Keras 3 unpack the archive, by the name they were given.
      for (String below :
          List.of(name + "/" + name, name + "_extracted/" + name, name + ".tgz/" + name, name)) {
        if (holdsClasses(folder.resolve(below))) {
          return folder.resolve(below);
        }
      }
    }
    return null;
  }

  /** The same in what the user names: the folder of class folders itself, or an archive. */
  static Path own(String name, Path own, Context context) {
    if (Files.isRegularFile(own)) {
      return unpacked(name, own, context);
    }
    Path below = find(name, List.of(own));
    if (below != null || holdsClasses(own)) {
      return below != null ? below : own;
    }
    Path archive = archive(name, own);
    return archive == null ? null : unpacked(name, archive, context);
  }

  /** Whether there are folders in it with pictures, or parts with such folders. */
  private static boolean holdsClasses(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    Path part = Folders.part(folder, Context.Role.TRAIN);
    Folders listing = new Folders();
    for (Path below : listing.folders(part == null ? folder : part)) {
      if (!listing.images(below).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static Path archive(String name, Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> FileNames.name(file).startsWith(name))
          .filter(file -> FileNames.name(file).matches(ARCHIVE) && Files.isRegularFile(file))
          .sorted()
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be listed: " + e.getMessage() + ".", e);
    }
  }

  /** Unpacked below the store, under a name that another or a changed archive does not get. */
  private static Path unpacked(String name, Path archive, Context context) {
    try {
      String identity =
          archive.toRealPath()
              + " "
              + Files.size(archive)
              + " "
              + Files.getLastModifiedTime(archive).toMillis();
      Path folders = context.places().store().resolve("unpacked");
      Path target = folders.resolve(name + "-" + Sha256.of(identity).substring(0, 12));
      if (!Files.isDirectory(target)) {
        Files.createDirectories(folders);
        Progress progress = context.progress();
        progress.on(
            new Progress.Message(archive + ": unpacking into " + target + ", this first time"));
        progress.on(new Progress.PhaseStarted("unpacking " + archive.getFileName(), -1, "bytes"));
        AtomicFiles.directory(
            target,
            into ->
                Unpacking.into(
                    archive, into, done -> progress.on(new Progress.Advanced(done, Map.of()))));
        progress.on(new Progress.PhaseEnded());
      }
      return target;
    } catch (IOException e) {
      throw new DataException(archive + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }
}
