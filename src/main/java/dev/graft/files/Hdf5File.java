package dev.graft.files;

import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import io.jhdf.HdfFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * An HDF5 file open for reading.
 *
 * <p>jhdf reads the structure; the bytes of the arrays are read here, so that declared sizes are
 * held against the file before memory is taken, checksums are verified, and an array of half a
 * gigabyte goes to its reader in pieces. Links to other files are refused.
 */
public final class Hdf5File implements AutoCloseable {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

  private final Hdf5Source source;
  private final HdfFile file;

  private Hdf5File(Hdf5Source source, HdfFile file) {
    this.source = source;
    this.file = file;
  }

  /**
   * Opens {@code path}.
   *
   * @throws DataException when there is no such file, or it may not be read
   * @throws MalformedFileException when it is not HDF5, or is damaged
   */
  public static Hdf5File open(Path path) {
    return open(path, path.toString());
  }

  /**
   * As {@link #open(Path)}, for a copy that is not where its contents came from.
   *
   * @param shown what errors call the file
   */
  public static Hdf5File open(Path path, String shown) {
    if (Files.isDirectory(path)) {
      throw new DataException(shown + ": expected an HDF5 file, found a folder. Name a file.");
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      Hdf5Source source = new Hdf5Source(path, shown, new GuardedChannel(channel));
      long start = checkedSignature(source);
      HdfFile file = source.read("superblock", () -> GuardedStorage.open(source.channel(), start));
      Hdf5File opened = new Hdf5File(source, file);
      channel = null;
      return opened;
    } catch (NoSuchFileException e) {
      throw new DataException(shown + ": there is no such file. Check the path.", e);
    } catch (AccessDeniedException e) {
      throw new DataException(shown + ": the file may not be read. Change its permissions.", e);
    } catch (IOException e) {
      throw new DataException(shown + ": cannot be read: " + e.getMessage() + ".", e);
    } finally {
      closeQuietly(channel);
    }
  }

  /** Closes what is only still open because something else already failed. */
  private static void closeQuietly(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new DataException("closing a file that could not be opened: " + e.getMessage(), e);
      }
    }
  }

  /**
   * Whether {@code path} is a file that begins as an HDF5 file does, with or without user block.
   */
  public static boolean isHdf5(Path path) {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return signature(new GuardedChannel(channel)) >= 0;
    } catch (IOException e) {
      throw new DataException(path + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }

  /** Where the signature stands, or -1. */
  private static long signature(GuardedChannel channel) throws IOException {
    long offset = 0;
    while (offset + SIGNATURE.length <= channel.size()) {
      ByteBuffer start = ByteBuffer.allocate(SIGNATURE.length);
      channel.readFully(start, offset);
      if (Arrays.equals(start.array(), SIGNATURE)) {
        return offset;
      }
      offset = offset == 0 ? 512 : 2 * offset;
    }
    return -1;
  }

  private static long checkedSignature(Hdf5Source source) throws IOException {
    long start = signature(source.channel());
    if (start < 0) {
      throw new MalformedFileException(
          source.shown()
              + ": expected an HDF5 file, found "
              + (source.size() == 0 ? "an empty file" : "something else")
              + ". Name a .h5 or .hdf5 file.");
    }
    return start;
  }

  public Path path() {
    return source.path();
  }

  /** The group that holds everything. */
  public Hdf5Group root() {
    return new Hdf5Group(source, file, "/", file);
  }

  @Override
  public void close() {
    // Closing jhdf's file asks for a path that it does not know; it holds nothing but the channel.
    try {
      source.channel().close();
    } catch (IOException e) {
      throw new DataException(source.shown() + ": cannot be closed: " + e.getMessage() + ".", e);
    }
  }
}
