package dev.graft.data;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;

/**
 * File names as UTF-8, whatever the locale.
 *
 * <p>Under {@code LC_ALL=C} Java shows a name such as {@code café.jpg} with question marks and
 * refuses to make a path of it. The URI of a path has the bytes of the name, in both directions.
 */
final class FileNames {
  /** Python's order of strings: by code point. Java's own differs beyond the 16-bit characters. */
  static final Comparator<String> ORDER =
      (a, b) -> {
        int[] x = a.codePoints().toArray();
        int[] y = b.codePoints().toArray();
        return java.util.Arrays.compare(x, y);
      };

  private FileNames() {}

  /** The last name of a path. */
  static String name(Path path) {
    if (plain(path)) {
      return path.getFileName().toString();
    }
    String uri = path.toUri().getRawPath();
    String trimmed = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    return decode(trimmed.substring(trimmed.lastIndexOf('/') + 1));
  }

  /** A file for messages: the path as the user knows it, its names in UTF-8. */
  static String display(Path path) {
    if (plain(path)) {
      return path.toString();
    }
    return path.getParent() == null || path.toString().equals(path.getFileName().toString())
        ? name(path)
        : display(path.getParent(), name(path));
  }

  /** True for a path that ends in a name and is ASCII throughout: every locale shows that. */
  private static boolean plain(Path path) {
    String text = path.toString();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x7f) {
        return false;
      }
    }
    return !text.isEmpty() && path.getFileName() != null;
  }

  private static String display(Path parent, String name) {
    String front = parent.getFileName() == null ? parent.toString() : display(parent);
    return front.endsWith("/") ? front + name : front + "/" + name;
  }

  /** The path of {@code name}, which may hold folders or be absolute, seen from {@code folder}. */
  static Path resolve(Path folder, String name) {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      return fromBytes(name.startsWith("/") ? Path.of("/") : folder, name);
    }
  }

  private static Path fromBytes(Path folder, String name) {
    StringBuilder uri = new StringBuilder("file://");
    uri.append(folder.toAbsolutePath().toUri().getRawPath());
    if (uri.charAt(uri.length() - 1) != '/') {
      uri.append('/');
    }
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      if (Character.isLetterOrDigit(b) || b == '/') {
        uri.append((char) b);
      } else {
        uri.append(String.format(Locale.ROOT, "%%%02X", b & 0xff));
      }
    }
    return Path.of(URI.create(uri.toString()));
  }

  /** The extension in small letters, without its dot; empty when there is none. */
  static String extension(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  private static String decode(String raw) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        bytes.write(Integer.parseInt(raw.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
