package dev.graft.layers;

import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Functions that give a tensor another shape or order. */
final class ShapeOps {
  private ShapeOps() {}

  static void register(Operations to) {
    to.keras("numpy.Reshape x newshape", reshape("x", "newshape"));
    to.tensorflow("reshape tensor shape", reshape("tensor", "shape"));
    to.keras("numpy.ExpandDims x axis", expand("x"));
    to.tensorflow("expand_dims input axis", expand("input"));
    to.keras("numpy.Squeeze x axis", squeeze("x"));
    to.tensorflow("squeeze,compat.v1.squeeze input axis", squeeze("input"));
    to.keras("numpy.Transpose x axes", transpose("x", "axes"));
    to.tensorflow("transpose,compat.v1.transpose a perm conjugate", transpose("a", "perm"));
    to.keras("numpy.Swapaxes x axis1 axis2", swap());
    to.keras("numpy.Moveaxis x source destination", moveAxis());
    to.keras("numpy.Ravel x", ravel());
    to.keras("numpy.Flip x axis", flip("x"));
    to.tensorflow("reverse tensor axis", flip("tensor"));
    to.keras("numpy.BroadcastTo x shape", broadcast("x"));
    to.tensorflow("broadcast_to input shape", broadcast("input"));
    to.tensorflow("shape,compat.v1.shape input out_type", sizes());
    to.keras("numpy.GetItem x key", new Slicing("x", "key"));
    to.tensorflow("__operators__.getitem tensor slice_spec", new Slicing("tensor", "slice_spec"));
  }

  private static Rearrangement reshape(String input, String target) {
    return new Rearrangement(input) {
      @Override
      Spec shape(Spec in, OpArguments a) {
        if (a.get(target) instanceof Use.Input) {
          throw new ShapeException("reshape: Graft needs the number of dimensions of the target.");
        }
        List<Object> wanted = a.list(target);
        long[] sizes = new long[wanted.size()];
        for (int i = 0; i < sizes.length; i++) {
          sizes[i] = wanted.get(i) instanceof Number number ? number.longValue() : -1;
        }
        long known = LongStream.of(sizes).filter(n -> n >= 0).reduce(1, Math::multiplyExact);
        long elements = in.shape().isUnknown() ? -1 : in.shape().size();
        long open = LongStream.of(sizes).filter(n -> n < 0).count();
        if (elements >= 0 && (open == 0 ? known != elements : elements % Math.max(known, 1) != 0)) {
          throw new ShapeException("reshape: " + in + " does not fit into " + wanted + ".");
        }
        if (elements >= 0 && open == 1) {
          return in.with(LongStream.of(sizes).map(n -> n < 0 ? elements / known : n).toArray());
        }
        return in.with(sizes);
      }

      @Override
      <T extends TType> Operand<T> move(Ops tf, Operand<T> x, Spec in, OpArguments a) {
        return tf.reshape(x, a.shape(target));
      }
    };
  }

  private static Rearrangement expand(String input) {
    return new Rearrangement(input) {
      @Override
      Spec shape(Spec in, OpArguments a) {
        long[] own = in.shape().asArray();
        int rank = own.length;
        int count = a.integers("axis").size();
        int[] at =
            a.integers("axis").stream()
                .mapToInt(axis -> Math.floorMod(axis, rank + count))
                .sorted()
                .toArray();
        long[] sizes = new long[rank + count];
        int next = 0;
        for (int i = 0; i < sizes.length; i++) {
          sizes[i] = Arrays.binarySearch(at, i) >= 0 ? 1 : own[next++];
        }
        return in.with(sizes);
      }

      @Override
      <T extends TType> Operand<T> move(Ops tf, Operand<T> x, Spec in, OpArguments a) {
        int rank = in.rank() + a.integers("axis").size();
        Operand<T> y = x;
        int[] at =
            a.integers("axis").stream()
                .mapToInt(axis -> Math.floorMod(axis, rank))
                .sorted()
                .toArray();
        for (int axis : at) {
          y = tf.expandDims(y, tf.constant(axis));
        }
        return y;
      }
    };
  }

  private static Rearrangement squeeze(String input) {
    return new Rearrangement(input) {
      private int[] gone(Spec in, OpArguments a) {
        return a.has("axis")
            ? a.axes("axis", in)
            : IntStream.range(0, in.rank()).filter(i -> in.size(i) == 1).toArray();
      }

      @Override
      Spec shape(Spec in, OpArguments a) {
        return ReduceOps.reduced(in, false, gone(in, a));
      }

      @Override
      <T extends TType> Operand<T> move(Ops tf, Operand<T> x, Spec in, OpArguments a) {
        List<Long> axes = IntStream.of(gone(in, a)).mapToObj(i -> (long) i).toList();
        return axes.isEmpty() ? x : tf.squeeze(x, Squeeze.axis(axes));
      }
    };
  }

  /** A change of the order of the dimensions. */
  private abstract static class Ordering extends Rearrangement {
    Ordering(String input) {
      super(input);
    }

    abstract int[] order(int rank, OpArguments a);

    @Override
    final Spec shape(Spec in, OpArguments a) {
      return in.with(IntStream.of(order(in.rank(), a)).mapToLong(in::size).toArray());
    }

    @Override
    final <T extends TType> Operand<T> move(Ops tf, Operand<T> x, Spec in, OpArguments a) {
      return tf.linalg.transpose(x, tf.constant(order(in.rank(), a)));
    }
  }

  private static Rearrangement transpose(String input, String axes) {
    return new Ordering(input) {
      @Override
      int[] order(int rank, OpArguments a) {
        return a.has(axes)
            ? a.integers(axes).stream().mapToInt(axis -> Math.floorMod(axis, rank)).toArray()
            : IntStream.range(0, rank).map(i -> rank - 1 - i).toArray();
      }
    };
  }

  private static Rearrangement swap() {
    return new Ordering("x") {
      @Override
      int[] order(int rank, OpArguments a) {
        int one = Math.floorMod(a.integer("axis1"), rank);
        int two = Math.floorMod(a.integer("axis2"), rank);
        return IntStream.range(0, rank).map(i -> i == one ? two : i == two ? one : i).toArray();
      }
    };
  }

  private static Rearrangement moveAxis() {
    return new Ordering("x") {
      @Override
      int[] order(int rank, OpArguments a) {
        List<Integer> from =
            a.integers("source").stream().map(i -> Math.floorMod(i, rank)).toList();
        List<Integer> to =
            a.integers("destination").stream().map(i -> Math.floorMod(i, rank)).toList();
        List<Integer> rest = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        rest.removeAll(from);
        int[] order = new int[rank];
        int next = 0;
        for (int i = 0; i < rank; i++) {
          int place = to.indexOf(i);
          order[i] = place >= 0 ? from.get(place) : rest.get(next++);
        }
        return order;
      }
    };
  }

  private static Rearrangement ravel() {
    return new Rearrangement("x") {
      @Override
      Spec shape(Spec in, OpArguments a) {
        return in.with(in.perExample() < 0 || in.size(0) < 0 ? -1 : in.shape().size());
      }

      @Override
      <T extends TType> Operand<T> move(Ops tf, Operand<T> x, Spec in, OpArguments a) {
        return tf.reshape(x, tf.constant(new int[] {-1}));
      }
    };
  }

  private static Rearrangement flip(String input) {
    return new Rearrangement(input) {
      @Override
      Spec shape(Spec in, OpArguments a) {
        return in;
      }

      @Override
      <T extends TType> Operand<T> move(Ops tf, Operand<T> x, Spec in, OpArguments a) {
        return tf.reverse(x, tf.constant(a.axes("axis", in)));
      }
    };
  }

  private static Rearrangement broadcast(String input) {
    return new Rearrangement(input) {
      @Override
      Spec shape(Spec in, OpArguments a) {
        return in.with(
            a.list("shape").stream()
                .mapToLong(item -> item instanceof Number n ? n.longValue() : -1)
                .toArray());
      }

      @Override
      <T extends TType> Operand<T> move(Ops tf, Operand<T> x, Spec in, OpArguments a) {
        return tf.broadcastTo(x, a.shape("shape"));
      }
    };
  }

  private static Operations.Op sizes() {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments a) {
        return List.of(Spec.floats(a.spec("input").rank()).as(DType.INT32));
      }

      @Override
      public List<Value> emit(Call call, OpArguments a) {
        Operand<TInt32> sizes = call.tf().shape(a.tensor("input"));
        return List.of(Value.of(sizes));
      }
    };
  }
}
