package dev.graft.layers;

import dev.graft.config.Nearest;
import dev.graft.error.ShapeException;
import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The arguments of one use of an {@link Operation}, by parameter name. */
final class OpArguments {
  /** What every TensorFlow function takes and nothing depends on. */
  private static final Set<String> IDLE = Set.of("name", "training");

  private final String function;
  private final List<Spec> specs;
  private final Map<String, Object> values;
  private final Call call;

  private OpArguments(String function, List<Spec> specs, Map<String, Object> values, Call call) {
    this.function = function;
    this.specs = specs;
    this.values = values;
    this.call = call;
  }

  /**
   * Gives every parameter its argument.
   *
   * @param names the parameters in their order; one that ends in {@code *} takes a list of tensors
   */
  static OpArguments bind(
      Operation operation, List<String> names, List<Spec> specs, Map<String, Object> arguments) {
    return bind(operation.function(), operation.settings(), names, specs, arguments);
  }

  /** As the other, for a layer that takes its tensors by name. */
  static OpArguments bind(
      String function,
      Map<String, Object> settings,
      List<String> names,
      List<Spec> specs,
      Map<String, Object> arguments) {
    Map<String, Object> values = new LinkedHashMap<>(settings);
    Set<Integer> named = new LinkedHashSet<>();
    for (Map.Entry<String, Object> argument : arguments.entrySet()) {
      String key = argument.getKey();
      if (key.equals("args") || IDLE.contains(key)) {
        continue;
      }
      if (!names.contains(key) && !names.contains(key + "*")) {
        throw new UnsupportedException(
            function
                + ": Graft does not know its argument '"
                + key
                + "'."
                + Nearest.hint(key, names));
      }
      collect(argument.getValue(), named);
      values.put(key, argument.getValue());
    }
    List<Object> positional = new ArrayList<>();
    if (arguments.get("args") instanceof List<?> list) {
      positional.addAll(list);
    } else {
      for (int i = 0; i < specs.size(); i++) {
        if (!named.contains(i)) {
          positional.add(new Use.Input(i));
        }
      }
      if (!names.isEmpty() && names.get(0).endsWith("*") && !positional.isEmpty()) {
        positional = new ArrayList<>(List.of(positional));
      }
    }
    int next = 0;
    for (Object value : positional) {
      while (next < names.size() && values.containsKey(plain(names.get(next)))) {
        next++;
      }
      if (next == names.size()) {
        throw new ShapeException(function + ": expected at most " + names.size() + " arguments.");
      }
      values.put(plain(names.get(next++)), value);
    }
    return new OpArguments(function, specs, values, null);
  }

  static String plain(String name) {
    return name.endsWith("*") ? name.substring(0, name.length() - 1) : name;
  }

  private static void collect(Object value, Set<Integer> inputs) {
    if (value instanceof Use.Input input) {
      inputs.add(input.index());
    } else if (value instanceof List<?> list) {
      list.forEach(item -> collect(item, inputs));
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(item -> collect(item, inputs));
    }
  }

  /** The same arguments with the tensors of a call behind them. */
  OpArguments over(Call given) {
    return new OpArguments(function, specs, values, given);
  }

  boolean has(String name) {
    return values.get(name) != null;
  }

  Object get(String name) {
    if (!has(name)) {
      throw new ShapeException(function + ": its argument '" + name + "' is missing.");
    }
    return values.get(name);
  }

  private UnsupportedException wrong(String name, String expected) {
    return new UnsupportedException(
        function
            + ": expected "
            + expected
            + " for '"
            + name
            + "', came "
            + values.get(name)
            + ".");
  }

  int integer(String name) {
    if (get(name) instanceof Number number) {
      return number.intValue();
    }
    throw wrong(name, "a whole number");
  }

  int integer(String name, int absent) {
    return has(name) ? integer(name) : absent;
  }

  double number(String name, double absent) {
    if (!has(name)) {
      return absent;
    }
    if (get(name) instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(name, "a number");
  }

  boolean flag(String name) {
    return values.get(name) instanceof Boolean said && said;
  }

  String string(String name, String absent) {
    return has(name) ? get(name).toString() : absent;
  }

  /** Whole numbers; one counts as a list. */
  List<Integer> integers(String name) {
    Object value = get(name);
    List<Integer> numbers = new ArrayList<>();
    for (Object item : value instanceof List<?> list ? list : List.of(value)) {
      if (!(item instanceof Number number)) {
        throw wrong(name, "whole numbers");
      }
      numbers.add(number.intValue());
    }
    return numbers;
  }

  /**
   * The axes under {@code name} of a tensor {@code in}, from 0 in rising order; absent means all.
   */
  int[] axes(String name, Spec in) {
    if (!has(name)) {
      return java.util.stream.IntStream.range(0, in.rank()).toArray();
    }
    return Axes.of(in, integers(name));
  }

  /** The elements of a list argument. */
  List<Object> list(String name) {
    return get(name) instanceof List<?> list ? new ArrayList<>(list) : List.of(get(name));
  }

  /** Static shape and type of the tensor, number or nested list under {@code name}. */
  Spec spec(String name) {
    return spec(name, get(name));
  }

  private Spec spec(String name, Object value) {
    if (value instanceof Use.Input input) {
      return specs.get(input.index());
    }
    if (value instanceof Number) {
      return Spec.floats();
    }
    if (value instanceof Boolean) {
      return Spec.floats().as(DType.BOOL);
    }
    if (value instanceof List<?> list && !list.isEmpty()) {
      Spec inner = spec(name, list.get(0));
      long[] shape = new long[inner.rank() + 1];
      shape[0] = list.size();
      System.arraycopy(inner.shape().asArray(), 0, shape, 1, inner.rank());
      return inner.with(shape);
    }
    throw wrong(name, "a tensor");
  }

  List<Spec> specs(String name) {
    return list(name).stream().map(item -> spec(name, item)).toList();
  }

  /** The tensor under {@code name} in its own type. */
  Operand<?> tensor(String name) {
    return tensor(name, get(name));
  }

  private Operand<?> tensor(String name, Object value) {
    if (value instanceof Use.Input input) {
      return call.inputs().get(input.index()).tensor();
    }
    Spec spec = spec(name, value);
    float[] numbers = new float[Math.toIntExact(spec.shape().size())];
    fill(value, numbers, 0);
    Operand<TFloat32> constant = call.tf().constant(numbers);
    return call.tf().reshape(constant, call.tf().constant(spec.shape().asArray()));
  }

  private int fill(Object value, float[] into, int at) {
    if (value instanceof List<?> list) {
      int next = at;
      for (Object item : list) {
        next = fill(item, into, next);
      }
      return next;
    }
    into[at] =
        value instanceof Boolean said
            ? (said ? 1 : 0)
            : value instanceof Number number ? number.floatValue() : Float.NaN;
    return at + 1;
  }

  /**
   * The mask of the argument {@code name}: what {@code name_mask} gives, or the mask that came with
   * the tensor; null when there is none.
   */
  Operand<TBool> mask(String name) {
    if (has(name + "_mask")) {
      return Masks.of(call.tf(), tensor(name + "_mask"));
    }
    return get(name) instanceof Use.Input input ? call.inputs().get(input.index()).mask() : null;
  }

  List<Operand<?>> tensors(String name) {
    List<Operand<?>> all = new ArrayList<>();
    list(name).forEach(item -> all.add(tensor(name, item)));
    return all;
  }

  /** The tensor under {@code name} as float32. */
  Operand<TFloat32> floats(String name) {
    return Numbers.floats(call.tf(), tensor(name));
  }

  /**
   * A shape argument: numbers, of which one may be -1 and null stands for one not known, and scalar
   * tensors among them.
   */
  Operand<TInt32> shape(String name) {
    Object value = get(name);
    if (value instanceof Use.Input) {
      return ints(tensor(name, value));
    }
    List<Operand<TInt32>> sizes = new ArrayList<>();
    for (Object item : list(name)) {
      sizes.add(
          item instanceof Use.Input
              ? call.tf().reshape(ints(tensor(name, item)), call.tf().constant(new int[0]))
              : call.tf().constant(item instanceof Number number ? number.intValue() : -1));
    }
    return call.tf().stack(sizes);
  }

  private Operand<TInt32> ints(Operand<?> tensor) {
    return call.tf().dtypes.cast(tensor, TInt32.class);
  }
}
