package dev.graft.fetch;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.SettingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * What is published, and by whom: every weight file that Keras downloads for its applications, and
 * the data sets that recipes name.
 *
 * <p>The weights' URLs and MD5 sums are those in the sources of Keras 3.15 and tf_keras 2.18; the
 * table is made by {@code tools/goldens/published.py}. A file without any sum has to be confirmed
 * by the one who fetches it.
 */
public final class Registry {
  private static final List<String> TABLES = List.of("weights.json", "data.json");

  private final List<Published> all;

  private Registry(List<Published> all) {
    this.all = List.copyOf(all);
  }

  /** The one that comes with Graft. */
  public static Registry standard() {
    List<Published> all = new ArrayList<>();
    for (String table : TABLES) {
      all.addAll(read(resource(table)));
    }
    return new Registry(all);
  }

  /** Some other list. */
  public static Registry of(List<Published> all) {
    return new Registry(all);
  }

  /** All of a kind, in the order of the table. */
  public List<Published> all(Published.Kind kind) {
    return all.stream().filter(each -> each.kind() == kind).toList();
  }

  /**
   * The one called {@code name}, by Graft's name, Keras's class or function name, or the name of
   * its file.
   *
   * @throws SettingException when there is none
   */
  public Published named(String name, Published.Kind kind) {
    for (Function<Published, String> called : CALLED) {
      for (Published each : all) {
        if (plain(called.apply(each)).equals(plain(name))) {
          return each;
        }
      }
    }
    throw new SettingException(
        "graft "
            + kind.word()
            + ": nothing published is known as '"
            + name
            + "'."
            + Nearest.hint(name, all.stream().map(Published::name).toList())
            + " See: graft "
            + kind.word()
            + " list");
  }

  private static final List<Function<Published, String>> CALLED =
      List.of(Published::name, each -> each.files().get(0).file());

  /**
   * The published weights of a Keras application, in its standard form.
   *
   * @param application Keras's name for it, however it is spelt ({@code resnet50}, {@code
   *     ResNet50V2}, {@code inception_v3})
   * @param top whether with the classifier
   * @return null when none are published
   */
  public Published weights(String application, boolean top) {
    for (Published each : all) {
      if (each.kind() == Published.Kind.WEIGHTS
          && each.top() == top
          && plain(each.application()).equals(plain(application))) {
        return each;
      }
    }
    return null;
  }

  /** Without case, lines and dots, which Keras's own names use now one way and now another. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
  }

  private static List<Published> read(Config table) {
    List<Published> all = new ArrayList<>();
    if (table.has("weights")) {
      table.string("keras");
      table.string("tf_keras");
      for (Config entry : table.get("weights").items()) {
        all.add(weights(entry));
      }
    } else {
      for (Config entry : table.get("published").items()) {
        all.add(published(entry));
      }
    }
    return all;
  }

  private static Published weights(Config entry) {
    Published.Item item =
        new Published.Item(
            entry.string("file"),
            List.of(URI.create(entry.string("url"))),
            -1,
            entry.has("md5") ? entry.string("md5") : null,
            entry.has("sha256") ? entry.string("sha256") : null,
            false);
    return new Published(
        entry.string("name"),
        Published.Kind.WEIGHTS,
        entry.string("application"),
        entry.flag("top"),
        List.of(item),
        entry.string("licence"),
        entry.string("by"),
        "ImageNet weights of Keras's "
            + entry.string("application")
            + (entry.flag("top") ? " with" : " without")
            + " its classifier");
  }

  private static Published published(Config entry) {
    List<Published.Item> files = new ArrayList<>();
    for (Config file : entry.get("files").items()) {
      files.add(
          new Published.Item(
              file.string("file"),
              file.strings("urls").stream().map(URI::create).toList(),
              file.has("bytes") ? file.integer("bytes") : -1,
              file.has("md5") ? file.string("md5") : null,
              file.has("sha256") ? file.string("sha256") : null,
              file.flag("unpack", false)));
    }
    return new Published(
        entry.string("name"),
        Published.Kind.valueOf(entry.string("kind").toUpperCase(Locale.ROOT)),
        "",
        false,
        files,
        entry.string("licence"),
        entry.string("by"),
        entry.string("about"));
  }

  private static Config resource(String name) {
    try (InputStream in = Registry.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is missing from the jar");
      }
      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
