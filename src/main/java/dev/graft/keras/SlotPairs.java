package dev.graft.keras;

import dev.graft.layers.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the stored tensor for each weight of one layer.
 *
 * <p>Names decide where they can: they do not depend on which layers were frozen when the file was
 * saved, as the order of a nested model's weights does. Else the order decides, as in Keras:
 * trainable weights first.
 */
final class SlotPairs {
  /** Keras 1's {@code block1_conv1_W_1}: layer, weight, count. */
  private static final Pattern KERAS_1 =
      Pattern.compile("(?:.*_)?(W|U|b|gamma|beta|running_mean|running_std)(?:_\\d+)?");

  private static final Map<String, String> KERAS_1_WORDS =
      Map.of(
          "W", "kernel",
          "U", "recurrent_kernel",
          "b", "bias",
          "gamma", "gamma",
          "beta", "beta",
          "running_mean", "moving_mean",
          // Keras 1 kept the variance under this name.
          "running_std", "moving_variance");

  private SlotPairs() {}

  /** The stored tensor for each variable's name; null when their numbers differ. */
  static Map<String, StoredTensor> byName(List<Model.Variable> variables, StoredLayer stored) {
    if (variables.size() != stored.tensors().size()) {
      return null;
    }
    Map<String, StoredTensor> named = named(variables, stored);
    return named != null ? named : ordered(variables, stored.tensors(), Model.Variable::trainable);
  }

  private static Map<String, StoredTensor> named(
      List<Model.Variable> variables, StoredLayer stored) {
    Set<String> words =
        variables.stream().map(v -> last(parts(v.slot().name()))).collect(Collectors.toSet());
    List<List<String>> names =
        stored.tensors().stream().map(tensor -> storedParts(tensor.name(), words)).toList();
    Map<String, StoredTensor> pairs = new LinkedHashMap<>();
    Set<Integer> used = new HashSet<>();
    for (Model.Variable variable : variables) {
      int found = find(parts(variable.slot().name()), names);
      if (found < 0 || !used.add(found)) {
        return null;
      }
      pairs.put(variable.name(), stored.tensors().get(found));
    }
    return pairs;
  }

  /** The one name that holds {@code slot}'s parts in order, or that equals it; else -1. */
  private static int find(List<String> slot, List<List<String>> names) {
    int found = -1;
    for (int i = 0; i < names.size(); i++) {
      if (endsWith(names.get(i), slot)) {
        return onlyOne(slot, names) ? i : -1;
      }
      if (within(slot, names.get(i))) {
        if (found >= 0) {
          return -1;
        }
        found = i;
      }
    }
    return found;
  }

  private static boolean onlyOne(List<String> slot, List<List<String>> names) {
    return names.stream().filter(name -> endsWith(name, slot)).count() == 1;
  }

  private static boolean endsWith(List<String> name, List<String> slot) {
    int from = name.size() - slot.size();
    return from >= 0 && name.subList(from, name.size()).equals(slot);
  }

  private static boolean within(List<String> slot, List<String> name) {
    if (!last(slot).equals(last(name))) {
      return false;
    }
    int next = 0;
    for (String part : name) {
      if (next < slot.size() && part.equals(slot.get(next))) {
        next++;
      }
    }
    return next == slot.size();
  }

  private static List<String> storedParts(String name, Set<String> words) {
    List<String> parts = new ArrayList<>(parts(name.replaceFirst(":\\d+$", "")));
    parts.set(parts.size() - 1, word(last(parts), words));
    return parts;
  }

  /** The slot's word for the last part of a stored name. */
  private static String word(String last, Set<String> words) {
    if (words.contains(last)) {
      return last;
    }
    String plain = last.replaceFirst("_\\d+$", "");
    if (words.contains(plain)) {
      return plain;
    }
    Matcher old = KERAS_1.matcher(last);
    return old.matches() ? KERAS_1_WORDS.get(old.group(1)) : last;
  }

  private static List<String> parts(String name) {
    return Arrays.asList(name.split("/", -1));
  }

  private static String last(List<String> parts) {
    return parts.get(parts.size() - 1);
  }

  /** Pairs in order, the variables that are {@code first} before the others. */
  static Map<String, StoredTensor> ordered(
      List<Model.Variable> variables,
      List<StoredTensor> tensors,
      java.util.function.Predicate<Model.Variable> first) {
    List<Model.Variable> order = new ArrayList<>(variables.stream().filter(first).toList());
    variables.stream().filter(first.negate()).forEach(order::add);
    Map<String, StoredTensor> pairs = new LinkedHashMap<>();
    for (int i = 0; i < order.size(); i++) {
      pairs.put(order.get(i).name(), tensors.get(i));
    }
    return pairs;
  }
}
