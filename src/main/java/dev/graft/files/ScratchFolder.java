package dev.graft.files;

import dev.graft.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for files nobody else is to see. It goes with what it holds when it is closed. */
public final class ScratchFolder implements AutoCloseable {
  private final Path path;

  private ScratchFolder(Path path) {
    this.path = path;
  }

  /** A new folder where the system keeps such things. */
  public static ScratchFolder create() {
    try {
      return new ScratchFolder(Files.createTempDirectory("graft"));
    } catch (IOException e) {
      throw new DataException("no temporary folder can be made: " + e.getMessage() + ".", e);
    }
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      List<Path> all;
      try (Stream<Path> below = Files.walk(path)) {
        all = below.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path each : all) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new DataException(path + ": cannot be removed: " + e.getMessage() + ".", e);
    }
  }
}
