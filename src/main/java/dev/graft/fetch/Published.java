package dev.graft.fetch;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Weights or a data set that somebody publishes.
 *
 * @param name how Graft calls it
 * @param kind what it is
 * @param application the Keras application whose weights these are, or an empty text
 * @param top whether the weights include the classifier
 * @param files its files
 * @param licence under which terms
 * @param by who made it
 * @param about one line on what it is
 */
public record Published(
    String name,
    Kind kind,
    String application,
    boolean top,
    List<Item> files,
    String licence,
    String by,
    String about) {
  /** What is published. */
  public enum Kind {
    WEIGHTS,
    DATA;

    /** The command, and the folder in the store. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One file.
   *
   * @param file its place below the store's folder for its kind; of an archive, the folder it is
   *     unpacked into
   * @param urls where it can be had, the first first
   * @param bytes its size, or -1 when nobody says
   * @param md5 its MD5 sum, or null
   * @param sha256 its SHA-256 sum, or null
   * @param unpack whether it is an archive to be unpacked
   */
  public record Item(
      String file, List<URI> urls, long bytes, String md5, String sha256, boolean unpack) {
    /** Copies the list. */
    public Item {
      urls = List.copyOf(urls);
    }

    /** Whether its publisher, or anybody whom Graft trusts, says what the bytes must be. */
    public boolean known() {
      return md5 != null || sha256 != null;
    }

    /** The last part of the first URL. */
    public String urlName() {
      String path = urls.get(0).getPath();
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /** Copies the list. */
  public Published {
    files = List.copyOf(files);
  }

  /** The folder of {@code places} that its files are put below. */
  public Path folder(Places places) {
    return places.store().resolve(kind.word());
  }

  /** The command that fetches it. */
  public String command() {
    return "graft " + kind.word() + " fetch " + name;
  }
}
