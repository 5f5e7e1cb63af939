package dev.graft.files;

import dev.graft.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
      AtomicFiles.delete(path);
    } catch (IOException e) {
      throw new DataException(path + ": cannot be removed: " + e.getMessage() + ".", e);
    }
  }
}
