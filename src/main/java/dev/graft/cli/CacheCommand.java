package dev.graft.cli;

import dev.graft.config.Json;
import dev.graft.config.Nearest;
import dev.graft.data.CheckedPictures;
import dev.graft.error.SettingException;
import dev.graft.train.FeatureShelf;
import dev.graft.train.FeatureShelf.Kept;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft cache}: what frozen parts made of examples, kept on disk. */
final class CacheCommand implements Command {
  @Override
  public String name() {
    return "cache";
  }

  @Override
  public String summary() {
    return "Lists or clears the features of frozen parts that are kept on disk.";
  }

  @Override
  public String usage() {
    return "list | clear [KEY...]";
  }

  @Override
  public String example() {
    return "graft cache clear f2adf671";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(Console.json());
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    List<String> words = line.getArgList();
    Path folder = console.places(null, null).store().resolve("cache");
    List<Kept> all = FeatureShelf.list(folder);
    if (words.equals(List.of("list"))) {
      list(all, folder, line, console);
      return 0;
    }
    if (!words.isEmpty() && words.get(0).equals("clear")) {
      clear(chosen(all, words.subList(1, words.size())), folder, line, console);
      if (words.size() == 1) {
        CheckedPictures.forget(folder);
      }
      return 0;
    }
    throw expected("list or clear");
  }

  private static void list(List<Kept> all, Path folder, CommandLine line, Console console) {
    if (line.hasOption("json")) {
      console.out().print(Json.pretty(all.stream().map(CacheCommand::json).toList()));
      return;
    }
    for (Kept kept : all) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%s  %-16s %-20s %8d rows %10.1f MB  used %s%n",
              kept.key().substring(0, 8),
              kept.model(),
              String.join(",", kept.cut()),
              kept.rows(),
              kept.bytes() / 1e6,
              kept.used().toString().substring(0, 16));
    }
    double megabytes = all.stream().mapToLong(Kept::bytes).sum() / 1e6;
    console
        .out()
        .printf(Locale.ROOT, "%d kept, %.1f MB in all, in %s%n", all.size(), megabytes, folder);
  }

  private static Map<String, Object> json(Kept kept) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("key", kept.key());
    json.put("model", kept.model());
    json.put("cut", kept.cut());
    json.put("rows", kept.rows());
    json.put("bytes", kept.bytes());
    json.put("used", kept.used().toString());
    return json;
  }

  private static List<Kept> chosen(List<Kept> all, List<String> keys) {
    List<Kept> chosen = new ArrayList<>(keys.isEmpty() ? all : List.of());
    for (String key : keys) {
      List<Kept> fitting = all.stream().filter(kept -> kept.key().startsWith(key)).toList();
      if (fitting.size() != 1) {
        throw new SettingException(
            "cache clear "
                + key
                + ": "
                + (fitting.isEmpty()
                    ? "there is no such key."
                        + Nearest.hint(key, all.stream().map(Kept::key).toList())
                    : fitting.size() + " keys begin so. Give more of it."));
      }
      chosen.add(fitting.get(0));
    }
    return chosen;
  }

  private static void clear(List<Kept> chosen, Path folder, CommandLine line, Console console) {
    chosen.forEach(kept -> FeatureShelf.remove(folder, kept.key()));
    long bytes = chosen.stream().mapToLong(Kept::bytes).sum();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("cleared", chosen.stream().map(Kept::key).toList());
    json.put("bytes", bytes);
    String text = String.format(Locale.ROOT, "%d cleared, %.1f MB", chosen.size(), bytes / 1e6);
    console.tell(line, json, List.of(text));
  }
}
