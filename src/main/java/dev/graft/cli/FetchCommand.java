package dev.graft.cli;

import dev.graft.config.Json;
import dev.graft.error.SettingException;
import dev.graft.fetch.Fetcher;
import dev.graft.fetch.Places;
import dev.graft.fetch.Published;
import dev.graft.fetch.Registry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/**
 * {@code graft weights} and {@code graft data}: what is published, where it lies, and fetching it.
 *
 * <p>The only commands that use the network.
 */
final class FetchCommand implements Command {
  private static final int ABSENT = 2;

  private final Published.Kind kind;

  FetchCommand(Published.Kind kind) {
    this.kind = kind;
  }

  @Override
  public String name() {
    return kind.word();
  }

  @Override
  public String summary() {
    return kind == Published.Kind.WEIGHTS
        ? "Published weights: lists them, fetches them, says where they lie."
        : "Published data sets: lists them, fetches them, says where they lie.";
  }

  @Override
  public String usage() {
    return "list [PART OF NAME] | fetch NAME... | where NAME [options]";
  }

  @Override
  public String example() {
    return kind == Published.Kind.WEIGHTS
        ? "graft weights fetch vgg16"
        : "graft data fetch fashion-mnist";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(Console.json());
    options.addOption(
        Console.value("from", "FILE", "fetch: take this file instead of downloading it"));
    options.addOption(
        Console.value(
            "accept-sha256", "SUM", "fetch: the file with this sum is the one, on your word"));
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    List<String> words = line.getArgList();
    String what = words.isEmpty() ? "" : words.get(0);
    List<String> names = words.isEmpty() ? List.of() : words.subList(1, words.size());
    Places places = console.places(null, null);
    return switch (what) {
      case "list" -> list(names, line.hasOption("json"), places, console);
      case "where" -> where(one(names, what), line.hasOption("json"), places, console);
      case "fetch" -> fetch(names, line, places, console);
      default -> throw expected("list, fetch or where, came '" + what + "'");
    };
  }

  private int list(List<String> names, boolean json, Places places, Console console) {
    List<Object> all = new ArrayList<>();
    for (Published each : Registry.standard().all(kind)) {
      if (!names.stream().allMatch(part -> each.name().contains(part.toLowerCase(Locale.ROOT)))) {
        continue;
      }
      all.add(described(each, places));
      if (!json) {
        Path found = places.find(each);
        console
            .out()
            .printf(
                Locale.ROOT,
                "%-34s %-7s %-14s %s%n",
                each.name(),
                found == null ? "-" : "here",
                each.licence().length() > 14 ? "see --json" : each.licence(),
                found == null ? each.files().get(0).urls().get(0) : found);
      }
    }
    if (json) {
      console.out().print(Json.pretty(all));
    }
    return 0;
  }

  /** Where it lies; exit code 2 when it does not. */
  private int where(String name, boolean json, Places places, Console console) {
    Published published = Registry.standard().named(name, kind);
    Path found = places.find(published);
    if (json) {
      console.out().print(Json.pretty(described(published, places)));
    } else if (found != null) {
      console.out().println(found);
    }
    if (found != null) {
      return 0;
    }
    if (!json) {
      List<Path> looked =
          published.kind() == Published.Kind.DATA ? places.data() : places.weights();
      console
          .err()
          .println(
              "graft: "
                  + published.name()
                  + " is in none of "
                  + String.join(", ", looked.stream().map(Path::toString).toList())
                  + ". Fetch it with: "
                  + published.command()
                  + " (it goes to "
                  + place(published, places)
                  + ")");
    }
    return ABSENT;
  }

  private int fetch(List<String> names, CommandLine line, Places places, Console console) {
    if (names.isEmpty()) {
      throw new SettingException(name() + " fetch: fetch what? See: graft " + name() + " list");
    }
    boolean told = line.hasOption("from") || line.hasOption("accept-sha256");
    if (told && names.size() > 1) {
      throw new SettingException("--from and --accept-sha256 are for one name at a time.");
    }
    Fetcher.Wishes wishes =
        new Fetcher.Wishes(
            line.getOptionValue("accept-sha256"),
            line.hasOption("from") ? Path.of(line.getOptionValue("from")) : null);
    Registry registry = Registry.standard();
    List<Published> all = names.stream().map(each -> registry.named(each, kind)).toList();
    Fetcher fetcher = new Fetcher(places, console.environment(), console.progress(line), wishes);
    List<Object> json = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (Published published : all) {
      for (Fetcher.Fetched fetched : fetcher.fetch(published)) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("name", published.name());
        file.put("place", fetched.place().toString());
        file.put("sha256", fetched.sha256());
        file.put("licence", published.licence());
        json.add(file);
        lines.add(
            fetched.place()
                + (fetched.sha256() == null ? "  (was there)" : "  sha256 " + fetched.sha256()));
      }
      lines.add("Licence: " + published.licence() + "; " + published.by());
    }
    console.tell(line, json, lines);
    return 0;
  }

  private String one(List<String> names, String what) {
    if (names.size() != 1) {
      throw new SettingException(
          name() + " " + what + ": expected one name. See: graft " + name() + " list");
    }
    return names.get(0);
  }

  private static Path place(Published published, Places places) {
    Path first = published.folder(places).resolve(published.files().get(0).file());
    return published.files().size() == 1 ? first : first.getParent();
  }

  private static Map<String, Object> described(Published published, Places places) {
    Path found = places.find(published);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", published.name());
    all.put("about", published.about());
    all.put("found", found == null ? null : found.toString());
    all.put("place", place(published, places).toString());
    all.put("licence", published.licence());
    all.put("by", published.by());
    List<Object> files = new ArrayList<>();
    for (Published.Item item : published.files()) {
      Map<String, Object> file = new LinkedHashMap<>();
      file.put("file", item.file());
      file.put("urls", item.urls().stream().map(Object::toString).toList());
      file.put("bytes", item.bytes() < 0 ? null : item.bytes());
      file.put("md5", item.md5());
      file.put("sha256", item.sha256());
      file.put("unpack", item.unpack());
      files.add(file);
    }
    all.put("files", files);
    return all;
  }
}
