package dev.graft.files;

import dev.graft.error.DataException;
import dev.graft.error.GraftException;
import dev.graft.error.SettingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Files and folders that appear whole or not at all.
 *
 * <p>Everything is written under another name beside its place, brought to the disk, and renamed
 * into it. When something fails, what was there before is untouched and nothing half-written stays.
 */
public final class AtomicFiles {
  private AtomicFiles() {}

  /**
   * Has {@code writer} write a file and puts it at {@code target}, replacing what is there.
   *
   * @param writer gets the path to write to, where there is no file yet
   * @throws SettingException when {@code target} is no place for a file
   * @throws DataException when the disk refuses: full, too large, broken
   */
  public static void write(Path target, IoConsumer<Path> writer) {
    Path place = place(target);
    if (Files.exists(place) && !Files.isRegularFile(place)) {
      throw new SettingException(
          target
              + ": expected a place for a file, found "
              + (Files.isDirectory(place) ? "a folder" : "a device")
              + ". Choose another name.");
    }
    Path part = sibling(place);
    guarded(
        target,
        part,
        () -> {
          writer.accept(part);
          try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.force(true);
          }
          Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
        });
  }

  /** Puts {@code text} into the file {@code target}, as UTF-8. */
  public static void string(Path target, String text) {
    bytes(target, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Puts {@code bytes} into the file {@code target}. */
  public static void bytes(Path target, byte[] bytes) {
    write(target, path -> Files.write(path, bytes));
  }

  /**
   * Has {@code writer} fill a folder and puts it at {@code target}, which is absent or empty.
   *
   * @param writer gets a folder that exists and is empty
   * @throws SettingException when {@code target} is a file or holds something
   */
  public static void directory(Path target, IoConsumer<Path> writer) {
    Path place = place(target);
    checkFolder(target, place);
    if (Files.isDirectory(place) && !isEmpty(target, place)) {
      throw new SettingException(
          target + ": expected no folder or an empty one, found files in it. Choose another.");
    }
    fill(target, place, writer);
  }

  /** As {@link #directory}, but what {@code target} holds is replaced by the new folder. */
  public static void overwriteDirectory(Path target, IoConsumer<Path> writer) {
    Path place = place(target);
    checkFolder(target, place);
    fill(target, place, writer);
  }

  private static void fill(Path target, Path place, IoConsumer<Path> writer) {
    Path part = sibling(place);
    guarded(
        target,
        part,
        () -> {
          Files.createDirectory(part);
          writer.accept(part);
          swap(part, place);
        });
  }

  /** Renames {@code part} to {@code place}; what is there first moves aside, then goes. */
  private static void swap(Path part, Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    Path old = sibling(place);
    Files.move(place, old, StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.move(old, place, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
    delete(old);
  }

  private static void checkFolder(Path target, Path place) {
    if (Files.exists(place) && !Files.isDirectory(place)) {
      throw new SettingException(
          target + ": expected a place for a folder, found a file. Choose another name.");
    }
  }

  private static boolean isEmpty(Path target, Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.findAny().isEmpty();
    } catch (IOException e) {
      throw refused(target, e);
    }
  }

  /** Where {@code target} really is: a link stays a link, and the file it leads to is replaced. */
  private static Path place(Path target) {
    Path place = target.toAbsolutePath().normalize();
    if (Files.isSymbolicLink(place)) {
      try {
        place = place.toRealPath();
      } catch (IOException e) {
        throw new SettingException(
            target + ": is a link that leads nowhere. Remove the link or mend it.", e);
      }
    }
    Path parent = place.getParent();
    if (parent == null) {
      throw new SettingException(target + ": is no place for a file. Choose another name.");
    }
    for (Path above = parent; above != null; above = above.getParent()) {
      if (Files.exists(above) && !Files.isDirectory(above)) {
        throw new SettingException(
            target + ": '" + above + "' is a file, not a folder. Choose another place.");
      }
    }
    if (!Files.isDirectory(parent)) {
      throw new SettingException(
          target + ": the folder '" + parent + "' does not exist. Create it first.");
    }
    return place;
  }

  private static Path sibling(Path place) {
    String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
    return place.resolveSibling("." + place.getFileName() + "." + unique + ".part");
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void guarded(Path target, Path part, Work work) {
    boolean done = false;
    try {
      work.run();
      done = true;
    } catch (IOException e) {
      throw refused(target, e);
    } catch (UncheckedIOException e) {
      throw refused(target, e.getCause());
    } finally {
      if (!done) {
        discard(part);
      }
    }
  }

  /** Removes what was half written; the error on its way says why, so none is added here. */
  private static void discard(Path part) {
    try {
      delete(part);
    } catch (IOException | UncheckedIOException e) {
      part.toFile().deleteOnExit();
    }
  }

  /** Removes a file, or a folder with all that is in it; nothing when there is none. */
  public static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> below = Files.walk(path)) {
      all = below.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }

  /** What the operating system's refusal to write means, and what to do about it. */
  private static GraftException refused(Path target, IOException e) {
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    String text = String.valueOf(reason);
    if (e instanceof AccessDeniedException
        || text.contains("Permission denied")
        || text.contains("Operation not permitted")
        || text.contains("Read-only file system")) {
      return new SettingException(
          target + ": may not be written. Choose another place or change its permissions.", e);
    }
    if (text.contains("No space left") || text.contains("quota")) {
      return new DataException(
          target + ": the disk is full. Free some space or choose another disk.", e);
    }
    if (text.contains("File too large")) {
      return new DataException(
          target
              + ": the file grows larger than is allowed here. Raise the limit (ulimit -f) or"
              + " choose another disk.",
          e);
    }
    if (text.contains("File name too long")) {
      return new SettingException(target + ": the name is too long. Choose a shorter one.", e);
    }
    return new DataException(target + ": cannot be written: " + text + ".", e);
  }
}
