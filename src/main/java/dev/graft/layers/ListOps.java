package dev.graft.layers;

import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Functions that make one tensor of several, or several of one, as float32. */
final class ListOps {
  private ListOps() {}

  static void register(Operations to) {
    to.keras("numpy.Concatenate xs* axis", concatenate("xs"));
    to.tensorflow("concat values* axis", concatenate("values"));
    to.keras("numpy.Stack x* axis", stack("x"));
    to.tensorflow("stack values* axis", stack("values"));
    to.tensorflow("math.add_n inputs*", sum());
    to.keras("numpy.Split x indices_or_sections axis", split("x", "indices_or_sections", true));
    to.tensorflow(
        "split value num_or_size_splits axis num", split("value", "num_or_size_splits", false));
    to.keras("core.Unstack x num axis", unstack("x"));
    to.tensorflow("unstack value num axis", unstack("value"));
  }

  private static List<Operand<TFloat32>> floats(Call call, OpArguments a, String name) {
    List<Operand<TFloat32>> all = new ArrayList<>();
    for (Operand<?> tensor : a.tensors(name)) {
      all.add(Numbers.floats(call.tf(), tensor));
    }
    return all;
  }

  private static Operations.Op concatenate(String input) {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments a) {
        return new Concatenate(a.integer("axis", 0), false).outputs(a.specs(input));
      }

      @Override
      public List<Value> emit(Call call, OpArguments a) {
        int axis = Math.floorMod(a.integer("axis", 0), a.specs(input).get(0).rank());
        return List.of(Value.of(Floats.of(call).concat(floats(call, a, input), axis)));
      }
    };
  }

  private static Operations.Op stack(String input) {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments a) {
        List<Spec> specs = a.specs(input);
        long[] own = specs.get(0).shape().asArray();
        int axis = Math.floorMod(a.integer("axis", 0), own.length + 1);
        long[] sizes = new long[own.length + 1];
        for (int i = 0; i < sizes.length; i++) {
          sizes[i] = i < axis ? own[i] : i == axis ? specs.size() : own[i - 1];
        }
        return List.of(specs.get(0).with(sizes).as(DType.FLOAT32));
      }

      @Override
      public List<Value> emit(Call call, OpArguments a) {
        int axis = Math.floorMod(a.integer("axis", 0), a.specs(input).get(0).rank() + 1);
        return List.of(Value.of(call.tf().stack(floats(call, a, input), Stack.axis((long) axis))));
      }
    };
  }

  private static Operations.Op sum() {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments a) {
        return List.of(a.specs("inputs").get(0).as(DType.FLOAT32));
      }

      @Override
      public List<Value> emit(Call call, OpArguments a) {
        return List.of(Value.of(call.tf().math.addN(floats(call, a, "inputs"))));
      }
    };
  }

  /**
   * With {@code places}, a list says where to cut, as in NumPy; without, how long the parts are.
   */
  private static Operations.Op split(String input, String how, boolean places) {
    return new Operations.Op() {
      private int[] lengths(OpArguments a) {
        Spec in = a.spec(input);
        long size = in.known(a.integer("axis", 0), "split");
        if (!(a.get(how) instanceof List<?>)) {
          int count = a.integer(how);
          if (count < 1 || size % count != 0) {
            throw new ShapeException("split: " + size + " is no multiple of " + count + ".");
          }
          return IntStream.range(0, count).map(i -> (int) size / count).toArray();
        }
        List<Integer> given = a.integers(how);
        if (!places) {
          int known = given.stream().filter(n -> n >= 0).mapToInt(n -> n).sum();
          return given.stream().mapToInt(n -> n < 0 ? (int) size - known : n).toArray();
        }
        int[] lengths = new int[given.size() + 1];
        int from = 0;
        for (int i = 0; i < lengths.length; i++) {
          int to = i < given.size() ? given.get(i) : (int) size;
          lengths[i] = to - from;
          from = to;
        }
        return lengths;
      }

      @Override
      public List<Spec> outputs(OpArguments a) {
        Spec in = a.spec(input);
        int axis = Math.floorMod(a.integer("axis", 0), in.rank());
        List<Spec> parts = new ArrayList<>();
        for (int length : lengths(a)) {
          long[] sizes = in.shape().asArray();
          sizes[axis] = length;
          parts.add(in.with(sizes).as(DType.FLOAT32));
        }
        return parts;
      }

      @Override
      public List<Value> emit(Call call, OpArguments a) {
        int axis = Math.floorMod(a.integer("axis", 0), a.spec(input).rank());
        int[] lengths = lengths(a);
        Operand<TInt32> sizes = call.tf().constant(lengths);
        List<Value> parts = new ArrayList<>();
        call.tf()
            .splitV(a.floats(input), sizes, call.tf().constant(axis), (long) lengths.length)
            .output()
            .forEach(part -> parts.add(Value.of(part)));
        return parts;
      }
    };
  }

  private static Operations.Op unstack(String input) {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments a) {
        Spec in = a.spec(input);
        int axis = Math.floorMod(a.integer("axis", 0), in.rank());
        Spec one = ReduceOps.reduced(in, false, axis).as(DType.FLOAT32);
        return java.util.Collections.nCopies((int) in.known(axis, "unstack"), one);
      }

      @Override
      public List<Value> emit(Call call, OpArguments a) {
        Spec in = a.spec(input);
        int axis = Math.floorMod(a.integer("axis", 0), in.rank());
        List<Value> parts = new ArrayList<>();
        call.tf()
            .unstack(a.floats(input), in.size(axis), Unstack.axis((long) axis))
            .output()
            .forEach(part -> parts.add(Value.of(part)));
        return parts;
      }
    };
  }
}
