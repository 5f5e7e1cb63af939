package dev.graft.files;

import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks a {@code .tar}, {@code .tar.gz} or {@code .zip} file that nobody vouches for.
 *
 * <p>Nothing is written outside the folder, no link is made, and what the archive unpacks to is
 * bounded by its own size.
 */
public final class Unpacking {
  /** Photos and weights do not shrink; even text rarely shrinks to a twentieth. */
  private static final int RATIO = 50;

  private static final long SMALL = 1L << 26;
  private static final int MOST_ENTRIES = 1_000_000;

  private final Path archive;
  private final Path folder;
  private final long most;
  private final LongConsumer unpacked;
  private long total;
  private int entries;

  private Unpacking(Path archive, Path folder, LongConsumer unpacked) throws IOException {
    this.archive = archive;
    this.folder = folder;
    this.most = SMALL + RATIO * Files.size(archive);
    this.unpacked = unpacked;
  }

  /**
   * Unpacks {@code archive}; a single folder that all of it lies in is left out.
   *
   * @param folder there, and empty
   * @param unpacked hears how many bytes came out so far
   * @throws MalformedFileException when it is no archive, is damaged, has links or names that lead
   *     out of the folder, or unpacks to far more than its size
   */
  public static void into(Path archive, Path folder, LongConsumer unpacked) throws IOException {
    if (ZipArchive.isZip(archive)) {
      zip(archive, folder, unpacked);
    } else {
      new Unpacking(archive, folder, unpacked).tar();
    }
    lift(folder);
  }

  private static void zip(Path archive, Path folder, LongConsumer unpacked) throws IOException {
    try (ZipArchive zip = ZipArchive.open(archive)) {
      long total = 0;
      for (String name : zip.names()) {
        Path target = folder.resolve(name);
        Files.createDirectories(target.getParent());
        zip.extract(name, target);
        total += zip.size(name);
        unpacked.accept(total);
      }
    }
  }

  private void tar() throws IOException {
    try (InputStream file = Files.newInputStream(archive);
        InputStream in = plain(new BufferedInputStream(file, 1 << 16))) {
      TarReader tar = new TarReader(archive.toString(), in);
      for (TarReader.Entry entry = tar.next(); entry != null; entry = tar.next()) {
        entries++;
        if (entries > MOST_ENTRIES) {
          throw refuse("over " + MOST_ENTRIES + " entries");
        }
        write(tar, entry);
      }
    } catch (FileAlreadyExistsException e) {
      throw refuse("two entries for '" + folder.relativize(Path.of(e.getFile())) + "'");
    } catch (ZipException e) {
      throw TarReader.damaged(archive.toString(), e);
    } catch (EOFException e) {
      throw new MalformedFileException(
          archive + ": the archive ends in the middle. Fetch or copy it again.", e);
    }
  }

  private InputStream plain(BufferedInputStream in) throws IOException {
    in.mark(1024);
    byte[] start = in.readNBytes(512);
    in.reset();
    if (start.length > 2 && (start[0] & 0xff) == 0x1f && (start[1] & 0xff) == 0x8b) {
      return new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16);
    }
    if (TarReader.begins(start)) {
      return in;
    }
    throw new MalformedFileException(
        archive + ": expected a .tar, .tar.gz or .zip file, found something else.");
  }

  private void write(TarReader tar, TarReader.Entry entry) throws IOException {
    Path target = target(entry.name());
    if (entry.folder()) {
      Files.createDirectories(target);
      return;
    }
    room(entry.size());
    Files.createDirectories(target.getParent());
    byte[] piece = new byte[1 << 16];
    try (OutputStream out =
        Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int count = tar.read(piece); count >= 0; count = tar.read(piece)) {
        out.write(piece, 0, count);
        total += count;
      }
    }
    unpacked.accept(total);
  }

  private void room(long size) {
    if (size > most - total) {
      throw refuse(
          "more than "
              + most
              + " bytes when unpacked, over "
              + RATIO
              + " times its own size, as only an attack does");
    }
  }

  private Path target(String name) {
    boolean leaves = name.startsWith("/") || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0;
    for (String part : name.split("/", -1)) {
      leaves |= part.equals("..") || (part.length() == 2 && part.charAt(1) == ':');
    }
    if (leaves || name.isEmpty()) {
      throw refuse("an entry named '" + name + "', which leads out of its folder");
    }
    try {
      return folder.resolve(name).normalize();
    } catch (InvalidPathException e) {
      throw new DataException(
          archive
              + ": has a file whose name this system's locale cannot write. Set LC_ALL=C.UTF-8.",
          e);
    }
  }

  private MalformedFileException refuse(String found) {
    return new MalformedFileException(
        archive + ": the archive has " + found + ". Fetch it from a source you trust.");
  }

  /** Moves what lies in the only folder one up. */
  private static void lift(Path folder) throws IOException {
    List<Path> tops = list(folder);
    if (tops.size() != 1 || !Files.isDirectory(tops.get(0))) {
      return;
    }
    // Under another name first: the folder may hold one called as itself.
    Path top = Files.move(tops.get(0), folder.resolve(".lifted"));
    for (Path child : list(top)) {
      Files.move(child, folder.resolve(child.getFileName()));
    }
    Files.delete(top);
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    }
  }
}
