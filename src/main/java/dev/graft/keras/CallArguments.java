package dev.graft.keras;

import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

/** The arguments of one use, for writing: what stands where, with tensors put in. */
final class CallArguments {
  private final Use use;

  CallArguments(Use use) {
    this.use = use;
  }

  /** Places in {@link Use#inputs} of the tensors that no argument names. */
  List<Integer> positional() {
    Set<Integer> named = new HashSet<>();
    collect(use.arguments().values(), named);
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < use.inputs().size(); i++) {
      if (!named.contains(i)) {
        left.add(i);
      }
    }
    return left;
  }

  /** True when positional arguments are more than tensors. */
  boolean mixed() {
    return use.arguments().containsKey("args");
  }

  /** The positional arguments of a {@link #mixed} call. */
  Object args(IntFunction<Object> tensor) {
    return filled(use.arguments().get("args"), tensor);
  }

  /** Keyword arguments, each tensor as {@code tensor} writes input number i. */
  Map<String, Object> kwargs(IntFunction<Object> tensor) {
    Map<String, Object> kwargs = new LinkedHashMap<>();
    use.arguments()
        .forEach(
            (key, value) -> {
              if (!key.equals("args")) {
                kwargs.put(key, filled(value, tensor));
              }
            });
    return kwargs;
  }

  private static void collect(Object value, Set<Integer> found) {
    if (value instanceof Use.Input input) {
      found.add(input.index());
    } else if (value instanceof Iterable<?> items) {
      items.forEach(item -> collect(item, found));
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(item -> collect(item, found));
    }
  }

  private static Object filled(Object value, IntFunction<Object> tensor) {
    if (value instanceof Use.Input input) {
      return tensor.apply(input.index());
    }
    if (value instanceof List<?> list) {
      List<Object> result = new ArrayList<>();
      list.forEach(item -> result.add(filled(item, tensor)));
      return result;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> result = Dialect.text(map);
      result.replaceAll((key, item) -> filled(item, tensor));
      return result;
    }
    return value;
  }
}
