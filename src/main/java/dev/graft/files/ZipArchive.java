package dev.graft.files;

import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.UnsupportedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A zip file open for reading, whose names and declared sizes were checked before anything else.
 */
public final class ZipArchive implements AutoCloseable {
  private final Path path;
  private final ZipFile file;
  private final Map<String, ZipEntry> entries;

  /**
   * What an archive may ask for.
   *
   * @param entries the most entries
   * @param totalBytes the most bytes all entries together may unpack to
   * @param ratio how many times its stored size an entry over 16 MB may unpack to
   */
  public record Limits(int entries, long totalBytes, int ratio) {
    private static final long SMALL = 1L << 24;

    /** 100,000 entries, 16 GB, 200 times. */
    public static final Limits DEFAULT = new Limits(100_000, 1L << 34, 200);
  }

  private ZipArchive(Path path, ZipFile file, Map<String, ZipEntry> entries) {
    this.path = path;
    this.file = file;
    this.entries = entries;
  }

  /** Opens {@code path} within {@link Limits#DEFAULT}. */
  public static ZipArchive open(Path path) {
    return open(path, Limits.DEFAULT);
  }

  /**
   * Opens {@code path}.
   *
   * @throws DataException when there is no such file, or it may not be read
   * @throws MalformedFileException when it is no zip file, asks for more than {@code limits}, or
   *     has names that are doubled or lead out of a folder
   */
  public static ZipArchive open(Path path, Limits limits) {
    if (Files.isDirectory(path)) {
      throw new DataException(path + ": expected a zip file, found a folder. Name a file.");
    }
    ZipFile file = null;
    try {
      file = new ZipFile(path.toFile(), StandardCharsets.UTF_8);
      ZipArchive archive = new ZipArchive(path, file, checked(path, file, limits));
      file = null;
      return archive;
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw new DataException(path + ": there is no such file. Check the path.", e);
    } catch (AccessDeniedException e) {
      throw new DataException(path + ": the file may not be read. Change its permissions.", e);
    } catch (ZipException | IllegalArgumentException e) {
      throw new MalformedFileException(
          path
              + ": expected a zip file, found something else or a damaged one ("
              + e.getMessage()
              + "). Fetch or save it again.",
          e);
    } catch (IOException e) {
      throw new DataException(path + ": cannot be read: " + e.getMessage() + ".", e);
    } finally {
      close(path, file);
    }
  }

  /** Whether {@code path} is a file that begins as a zip file does. */
  public static boolean isZip(Path path) {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] start = in.readNBytes(4);
      return start.length == 4
          && start[0] == 'P'
          && start[1] == 'K'
          && ((start[2] == 3 && start[3] == 4) || (start[2] == 5 && start[3] == 6));
    } catch (IOException e) {
      throw new DataException(path + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }

  private static Map<String, ZipEntry> checked(Path path, ZipFile file, Limits limits) {
    if (file.size() > limits.entries()) {
      throw refuse(path, file.size() + " entries, more than the " + limits.entries() + " allowed");
    }
    Map<String, ZipEntry> entries = new LinkedHashMap<>();
    long total = 0;
    for (ZipEntry entry : Collections.list(file.entries())) {
      String name = entry.getName();
      checkName(path, name);
      long size = entry.getSize();
      if (size < 0 || entry.getCompressedSize() < 0) {
        throw refuse(path, "entry '" + name + "' without a size");
      }
      total += size;
      if (total < 0 || total > limits.totalBytes()) {
        throw refuse(path, "over " + limits.totalBytes() + " bytes when unpacked");
      }
      if (size > Limits.SMALL && size / limits.ratio() > entry.getCompressedSize()) {
        throw refuse(
            path,
            "entry '" + name + "', " + entry.getCompressedSize() + " bytes that unpack to " + size);
      }
      if (entries.put(name, entry) != null) {
        throw refuse(path, "two entries named '" + name + "'");
      }
    }
    return entries;
  }

  private static void checkName(Path path, String name) {
    boolean leaves = name.startsWith("/") || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0;
    for (String part : name.split("/", -1)) {
      leaves |= part.equals("..") || (part.length() == 2 && part.charAt(1) == ':');
    }
    if (leaves || name.isEmpty()) {
      throw refuse(path, "an entry named '" + name + "', which leads out of its folder");
    }
  }

  private static MalformedFileException refuse(Path path, String found) {
    return new MalformedFileException(
        path + ": the archive has " + found + ". Fetch it from a source you trust.");
  }

  /** The names of all files in it, in stored order; folders are left out. */
  public List<String> names() {
    return entries.keySet().stream().filter(name -> !name.endsWith("/")).toList();
  }

  public boolean has(String name) {
    return entries.containsKey(name);
  }

  /** How many bytes {@code name} unpacks to. */
  public long size(String name) {
    return entry(name).getSize();
  }

  /** All of {@code name}, which must fit into an array. */
  public byte[] bytes(String name) {
    long size = size(name);
    if (size > Integer.MAX_VALUE - 8) {
      throw new UnsupportedException(
          where(name) + ": has " + size + " bytes, more than fit into memory at once.");
    }
    try (InputStream in = file.getInputStream(entry(name))) {
      byte[] bytes = in.readNBytes((int) size);
      if (bytes.length != size || in.read() >= 0) {
        throw wrongSize(name);
      }
      return bytes;
    } catch (IOException e) {
      throw damaged(name, e);
    }
  }

  /** All of {@code name} as UTF-8 text. */
  public String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  /** Writes {@code name} to the new file {@code target}. */
  public void extract(String name, Path target) throws IOException {
    long left = size(name);
    try (InputStream in = stream(name);
        OutputStream out = Files.newOutputStream(target)) {
      byte[] piece = new byte[1 << 16];
      for (int count = read(name, in, piece); count >= 0; count = read(name, in, piece)) {
        left -= count;
        if (left < 0) {
          throw wrongSize(name);
        }
        out.write(piece, 0, count);
      }
    }
    if (left != 0) {
      throw wrongSize(name);
    }
  }

  private InputStream stream(String name) {
    try {
      return file.getInputStream(entry(name));
    } catch (IOException e) {
      throw damaged(name, e);
    }
  }

  /** Reading and writing fail with the same exception; only here it is the archive's fault. */
  private int read(String name, InputStream in, byte[] piece) {
    try {
      return in.read(piece);
    } catch (IOException e) {
      throw damaged(name, e);
    }
  }

  private ZipEntry entry(String name) {
    ZipEntry entry = entries.get(name);
    if (entry == null) {
      throw new MalformedFileException(
          path
              + ": expected '"
              + name
              + "' in the archive, found "
              + names().stream().limit(20).toList()
              + ".");
    }
    return entry;
  }

  private MalformedFileException wrongSize(String name) {
    return new MalformedFileException(
        where(name) + ": unpacks to another size than declared. Fetch or save it again.");
  }

  private MalformedFileException damaged(String name, IOException e) {
    return new MalformedFileException(
        where(name) + ": is damaged (" + e.getMessage() + "). Fetch or save it again.", e);
  }

  private String where(String name) {
    return path + ": '" + name + "'";
  }

  @Override
  public void close() {
    close(path, file);
  }

  private static void close(Path path, ZipFile file) {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        throw new DataException(path + ": cannot be closed: " + e.getMessage() + ".", e);
      }
    }
  }
}
