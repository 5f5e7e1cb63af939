package dev.graft.runtime;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipFile;

/**
 * TensorFlow's own libraries: a quarter of a second of a processor, which may run beside Java's.
 */
public final class NativeLibrary {
  /** The second needs the first. */
  private static final List<String> NAMES =
      List.of("libtensorflow_framework.so.2", "libtensorflow_cc.so.2");

  private NativeLibrary() {}

  /**
   * Begins to load TensorFlow's libraries on a thread of its own, where they lie in a folder that
   * Java was told of; elsewhere (jars, other systems) nothing happens, and they are loaded when
   * they are first needed. Call it after {@link GpuLibraries#use}.
   */
  public static void loadAhead() {
    Optional<Path> folder = folder();
    if (folder.isEmpty()) {
      return;
    }
    linkReading(folder.get().resolve(NAMES.get(0)));
    Thread thread = new Thread(() -> load(folder.get()), "graft-natives");
    thread.setDaemon(true);
    thread.start();
  }

  /** Where both lie, by the same rule by which they are found later on. */
  private static Optional<Path> folder() {
    Stream<Path> places =
        GpuLibraries.folder().isPresent()
            ? GpuLibraries.folder().stream()
            : Stream.of(System.getProperty("java.library.path", "").split(File.pathSeparator, -1))
                .filter(place -> !place.isEmpty())
                .map(Path::of);
    return places
        .map(Path::toAbsolutePath)
        .filter(place -> NAMES.stream().allMatch(name -> Files.exists(place.resolve(name))))
        .findFirst();
  }

  /**
   * Calls Java's own native methods for reading files once. The system links a native method when
   * it is first called, one at a time, and would let it wait until TensorFlow is loaded: so reading
   * the model, which could go on meanwhile, would stand still.
   */
  private static void linkReading(Path file) {
    String path = System.getProperty("java.class.path", "");
    String classes = path.substring(0, (path + File.pathSeparator).indexOf(File.pathSeparator));
    // The shortest there is: a last block of nothing.
    byte[] deflated = {3, 0};
    // JSON's reader asks for it.
    TimeZone.getDefault();
    try (FileInputStream stream = new FileInputStream(file.toFile())) {
      boolean whole = stream.read(new byte[1]) + stream.available() > 0;
      whole &= Files.readAttributes(file, BasicFileAttributes.class).isRegularFile();
      whole |= Files.isSymbolicLink(file) || Files.isDirectory(file);
      Inflater inflater = new Inflater(true);
      inflater.setInput(deflated);
      whole |= inflater.inflate(new byte[1]) > 0;
      inflater.reset();
      inflater.end();
      whole |= linkFolders(file);
      // So it is asked whether standard error is a terminal.
      whole |= Files.readSymbolicLink(Path.of("/proc/self/exe")).isAbsolute();
      if (whole && classes.endsWith(".jar")) {
        new ZipFile(classes).close();
      }
    } catch (IOException | DataFormatException e) {
      // Nothing was needed of it: what is linked later only waits a little.
      return;
    }
  }

  /** The same of folders of photos, and of files that are read at any place or mapped. */
  private static boolean linkFolders(Path file) throws IOException {
    try (DirectoryStream<Path> names = Files.newDirectoryStream(file.getParent());
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return names.iterator().hasNext()
          && channel.read(ByteBuffer.allocate(1), 0) > 0
          && channel.map(FileChannel.MapMode.READ_ONLY, 0, 1).get(0) >= 0;
    }
  }

  private static void load(Path folder) {
    try {
      for (String name : NAMES) {
        System.load(folder.resolve(name).toString());
      }
    } catch (UnsatisfiedLinkError e) {
      // Whoever needs them fails in the same way, and says so.
      return;
    }
  }
}
