package dev.graft.files;

import dev.graft.error.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** SHA-256 sums in lower-case hexadecimal, as {@code sha256sum} prints them. */
public final class Sha256 {
  private static final int PIECE = 1 << 16;

  private Sha256() {}

  /** The sum of a text in UTF-8. */
  public static String of(String text) {
    return HexFormat.of().formatHex(digest().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The sum of a file; of a folder, that of its files' names and sums. */
  public static String of(Path file) {
    if (Files.isDirectory(file)) {
      return of(ofFolder(file).toString());
    }
    MessageDigest digest = digest();
    byte[] piece = new byte[PIECE];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        digest.update(piece, 0, n);
      }
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage() + ".", e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The sums of all files in {@code folder}, however deep, by their names with slashes. */
  public static Map<String, String> ofFolder(Path folder) {
    List<Path> files;
    try (Stream<Path> below = Files.walk(folder)) {
      files = below.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be read: " + e.getMessage() + ".", e);
    }
    // Files that are one, under several names, are read once.
    Map<Object, String> known = new ConcurrentHashMap<>();
    Map<String, String> sums = new ConcurrentSkipListMap<>();
    files.parallelStream()
        .forEach(
            file ->
                sums.put(
                    folder.relativize(file).toString().replace('\\', '/'),
                    known.computeIfAbsent(key(file), same -> of(file))));
    return sums;
  }

  private static Object key(Path file) {
    try {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      return key == null ? file : key;
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }

  /** A sum that is fed piece by piece. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
