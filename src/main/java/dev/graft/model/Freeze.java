package dev.graft.model;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Which layers are frozen, as a recipe says it: names, globs, a count, or a word. */
public final class Freeze {
  private Freeze() {}

  /**
   * The layers {@code value} names: a name, a glob ({@code block5_*}), {@code "trunk"}, {@code
   * "all"}, {@code "none"}, {@code {"first": n}}, or a list of these.
   *
   * @param trunk names of the layers that came from the trunk
   */
  public static Set<String> names(Config value, Model model, Set<String> trunk) {
    Set<String> names = new HashSet<>();
    if (value.isList()) {
      value.items().forEach(item -> names.addAll(names(item, model, trunk)));
      return names;
    }
    if (value.isObject()) {
      int first = value.integer("first");
      value.done();
      List<Model.Entry> layers = model.kerasLayers();
      if (first < 0 || first > layers.size()) {
        throw new SettingException(
            value.where()
                + ": expected a count between 0 and "
                + layers.size()
                + ", the number of layers, came "
                + first
                + ".");
      }
      layers.subList(0, first).forEach(entry -> names.add(entry.name()));
      return names;
    }
    return byWord(value, model, trunk);
  }

  private static Set<String> byWord(Config value, Model model, Set<String> trunk) {
    List<String> all = model.layers().stream().map(Model.Entry::name).toList();
    String word = value.string();
    return switch (word) {
      case "all" -> Set.copyOf(all);
      case "none" -> Set.of();
      case "trunk" -> {
        if (trunk.isEmpty()) {
          throw new SettingException(
              value.where() + ": this model has no trunk to freeze. Name the layers instead.");
        }
        yield Set.copyOf(trunk);
      }
      default -> matching(value, word, all);
    };
  }

  private static Set<String> matching(Config value, String word, List<String> all) {
    Pattern glob = glob(word);
    Set<String> hit = new HashSet<>();
    all.stream().filter(name -> glob.matcher(name).matches()).forEach(hit::add);
    if (hit.isEmpty()) {
      throw new SettingException(
          value.where() + ": no layer is named '" + word + "'." + Nearest.hint(word, all));
    }
    return hit;
  }

  /** A pattern in which {@code *} stands for any characters and {@code ?} for one. */
  public static Pattern glob(String text) {
    String quoted = Pattern.quote(text);
    return Pattern.compile(quoted.replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"));
  }

  /** {@code model} with exactly the layers {@code frozen} frozen, and all others trained. */
  public static Model apply(Model model, Set<String> frozen) {
    return model.map(entry -> entry.withTrainable(!frozen.contains(entry.name())));
  }

  /** {@code model} with the layers {@code thawed} trained, and all others as they are. */
  public static Model unfreeze(Model model, Set<String> thawed) {
    return model.map(entry -> thawed.contains(entry.name()) ? entry.withTrainable(true) : entry);
  }
}
