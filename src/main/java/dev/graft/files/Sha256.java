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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
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
    return ofFolder(folder, name -> true);
  }

  /** As the other method, of the files whose names with slashes are {@code wanted}. */
  public static Map<String, String> ofFolder(Path folder, Predicate<String> wanted) {
    List<Path> files;
    try (Stream<Path> below = Files.walk(folder)) {
      files =
          below
              .filter(file -> Files.isRegularFile(file) && wanted.test(name(folder, file)))
              .toList();
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be read: " + e.getMessage() + ".", e);
    }
    // Files that are one, under several names, are read once.
    Map<Object, String> known = new ConcurrentHashMap<>();
    Map<String, String> sums = new ConcurrentSkipListMap<>();
    parts(files).parallelStream()
        .forEach(
            part ->
                part.forEach(
                    file ->
                        sums.put(
                            name(folder, file),
                            known.computeIfAbsent(key(file), same -> of(file)))));
    return sums;
  }

  private static String name(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  /** As many parts as there are processors, of about as many bytes each. */
  private static List<List<Path>> parts(List<Path> files) {
    int count = Runtime.getRuntime().availableProcessors();
    List<List<Path>> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(new ArrayList<>());
    }
    Map<Path, Long> sizes = new HashMap<>();
    files.forEach(file -> sizes.put(file, file.toFile().length()));
    long[] bytes = new long[count];
    for (Path file : files.stream().sorted(Comparator.comparing(sizes::get).reversed()).toList()) {
      int least = 0;
      for (int i = 1; i < count; i++) {
        least = bytes[i] < bytes[least] ? i : least;
      }
      parts.get(least).add(file);
      bytes[least] += sizes.get(file);
    }
    return parts;
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
