package dev.graft.data;

import dev.graft.config.Json;
import dev.graft.error.DataException;
import dev.graft.fetch.Places;
import dev.graft.files.Sha256;
import dev.graft.runtime.Versions;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A set of image files that may have been decoded before, all without a fault. That it was is kept
 * as an empty file whose name is a hash of what the file system says of each: device and number,
 * size, and the times of the last change of its contents and of its own record, the second of which
 * nobody can set. A file that was written, replaced, restored or only renamed since is another.
 */
public final class CheckedPictures {
  /** Two changes so close may have the same time. */
  private static final Duration SURELY_OTHER_TIME = Duration.ofSeconds(2);

  private static final String NAME = "checked";
  private static final List<String> FACTS =
      List.of("dev", "ino", "size", "lastModifiedTime", "ctime");

  private final Path proof;
  private final Instant newest;

  private CheckedPictures(Path proof, Instant newest) {
    this.proof = proof;
    this.newest = newest;
  }

  /** Where sets of files are kept that were checked. */
  static Path folder(Places places) {
    return places.store().resolve("cache").resolve(NAME);
  }

  /** Forgets all that was checked, in the folder {@code cache} of the store. */
  public static void forget(Path cache) {
    Path folder = cache.resolve(NAME);
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path proof : all) {
        Files.deleteIfExists(proof);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be removed: " + e.getMessage() + ".", e);
    }
  }

  /** The set {@code files}, decoded as {@code how} says. */
  static CheckedPictures of(Path folder, List<Path> files, Preprocessing how) {
    StringBuilder text = new StringBuilder("checked 1 " + Versions.graft() + "\n");
    text.append(Json.compact(how.config())).append('\n');
    String wanted = "unix:" + String.join(",", FACTS);
    Instant newest = Instant.MIN;
    try {
      for (Path file : files) {
        Map<String, Object> facts = Files.readAttributes(file, wanted);
        for (String name : FACTS) {
          Object fact = facts.get(name);
          text.append(fact instanceof FileTime time ? time.toInstant() : fact).append(' ');
        }
        text.append('\n');
        Instant changed = ((FileTime) facts.get("ctime")).toInstant();
        newest = changed.isAfter(newest) ? changed : newest;
      }
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // Such a file system does not say enough, and a file that is missing is for the check to
      // find.
      return new CheckedPictures(null, newest);
    }
    return new CheckedPictures(folder.resolve(Sha256.of(text.toString())), newest);
  }

  /** True when these very files were decoded before. */
  boolean known() {
    return proof != null && Files.exists(proof);
  }

  /** Keeps that all of them were decoded, unless one was changed just before {@code now}. */
  void keep(Instant now) {
    if (proof == null || newest.plus(SURELY_OTHER_TIME).isAfter(now)) {
      return;
    }
    try {
      Files.createDirectories(proof.getParent());
      Files.createFile(proof);
    } catch (FileAlreadyExistsException e) {
      // Another process was as fast.
      return;
    } catch (IOException e) {
      // Where nothing may be written, they are checked each time.
      return;
    }
  }
}
