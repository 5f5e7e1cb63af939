package dev.graft.layers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.core.ReduceAll;
import org.tensorflow.op.core.ReduceAny;
import org.tensorflow.op.core.ReduceProd;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Functions that combine the elements along some axes. */
final class ReduceOps {
  private ReduceOps() {}

  private interface Reduction {
    Operand<?> apply(Floats f, Operand<TFloat32> x, boolean keep, int... axes);
  }

  private static Operations.Op over(String input, DType type, Reduction reduction) {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments a) {
        Spec in = a.spec(input);
        return List.of(reduced(in, a.flag("keepdims"), a.axes("axis", in)).as(type));
      }

      @Override
      public List<Value> emit(Call call, OpArguments a) {
        int[] axes = a.axes("axis", a.spec(input));
        return List.of(
            Value.of(reduction.apply(Floats.of(call), a.floats(input), a.flag("keepdims"), axes)));
      }
    };
  }

  /** {@code in} without {@code axes}, or with 1 there. */
  static Spec reduced(Spec in, boolean keep, int... axes) {
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < in.rank(); i++) {
      boolean gone = Arrays.binarySearch(axes, i) >= 0;
      if (!gone) {
        sizes.add(in.size(i));
      } else if (keep) {
        sizes.add(1L);
      }
    }
    return in.with(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  private static void both(Operations to, String keras, String tensorflow, Reduction r) {
    both(to, keras, tensorflow, DType.FLOAT32, r);
  }

  private static void both(
      Operations to, String keras, String tensorflow, DType type, Reduction reduction) {
    to.keras(keras + " x axis keepdims initial dtype", over("x", type, reduction));
    if (!tensorflow.isEmpty()) {
      to.tensorflow(
          tensorflow + " input_tensor axis keepdims", over("input_tensor", type, reduction));
    }
  }

  static void register(Operations to) {
    both(to, "numpy.Mean", "math.reduce_mean,reduce_mean", Floats::mean);
    both(to, "numpy.Sum", "math.reduce_sum,reduce_sum", Floats::sum);
    both(to, "numpy.Max", "math.reduce_max,reduce_max", Floats::max);
    both(to, "numpy.Amax", "", Floats::max);
    both(to, "numpy.Min", "math.reduce_min,reduce_min", Floats::min);
    both(to, "numpy.Amin", "", Floats::min);
    both(to, "numpy.Var", "math.reduce_variance", ReduceOps::variance);
    both(
        to,
        "numpy.Std",
        "math.reduce_std",
        (f, x, keep, axes) -> f.tf().math.sqrt(variance(f, x, keep, axes)));
    both(
        to,
        "numpy.Prod",
        "math.reduce_prod,reduce_prod",
        (f, x, keep, axes) -> f.tf().reduceProd(x, f.ints(axes), ReduceProd.keepDims(keep)));
    both(to, "math.Logsumexp", "math.reduce_logsumexp", ReduceOps::logSumExp);
    both(
        to,
        "numpy.Any",
        "math.reduce_any",
        DType.BOOL,
        (f, x, keep, axes) ->
            f.tf().reduceAny(Masks.of(f.tf(), x), f.ints(axes), ReduceAny.keepDims(keep)));
    both(
        to,
        "numpy.All",
        "math.reduce_all",
        DType.BOOL,
        (f, x, keep, axes) ->
            f.tf().reduceAll(Masks.of(f.tf(), x), f.ints(axes), ReduceAll.keepDims(keep)));
    both(
        to,
        "numpy.Argmax",
        "",
        DType.INT32,
        (f, x, keep, axes) ->
            kept(f, f.tf().math.argMax(x, one(f, axes), TInt32.class), keep, axes));
    both(
        to,
        "numpy.Argmin",
        "",
        DType.INT32,
        (f, x, keep, axes) ->
            kept(f, f.tf().math.argMin(x, one(f, axes), TInt32.class), keep, axes));
    to.keras("numpy.CountNonzero x axis keepdims", over("x", DType.INT32, ReduceOps::count));
    softmaxes(to);
  }

  private static Operand<TFloat32> variance(
      Floats f, Operand<TFloat32> x, boolean keep, int... axes) {
    return f.variance(x, f.mean(x, true, axes), keep, axes);
  }

  private static Operand<TFloat32> logSumExp(
      Floats f, Operand<TFloat32> x, boolean keep, int... axes) {
    Operand<TFloat32> top = f.tf().stopGradient(f.max(x, true, axes));
    Operand<TFloat32> sum = f.sum(f.tf().math.exp(f.sub(x, top)), true, axes);
    Operand<TFloat32> log = f.add(f.tf().math.log(sum), top);
    return keep ? log : f.sum(log, false, axes);
  }

  private static Operand<?> count(Floats f, Operand<TFloat32> x, boolean keep, int... axes) {
    Operand<TFloat32> ones = f.cast(f.tf().math.notEqual(x, f.constant(0)));
    return f.tf().dtypes.cast(f.sum(ones, keep, axes), TInt32.class);
  }

  private static Operand<TInt32> one(Floats f, int... axes) {
    if (axes.length != 1) {
      throw new dev.graft.error.UnsupportedException(
          "Argmax and Argmin: Graft needs one axis, came " + Arrays.toString(axes) + ".");
    }
    return f.tf().constant(axes[0]);
  }

  private static Operand<?> kept(Floats f, Operand<TInt32> y, boolean keep, int... axes) {
    return keep ? f.tf().expandDims(y, f.tf().constant(axes[0])) : y;
  }

  private static void softmaxes(Operations to) {
    to.keras("nn.Softmax x axis", along("x", false));
    to.keras("nn.LogSoftmax x axis", along("x", true));
    to.tensorflow("nn.softmax,math.softmax logits axis", along("logits", false));
    to.tensorflow("nn.log_softmax,math.log_softmax logits axis", along("logits", true));
  }

  private static Operations.Op along(String input, boolean log) {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments a) {
        return List.of(a.spec(input).as(DType.FLOAT32));
      }

      @Override
      public List<Value> emit(Call call, OpArguments a) {
        Floats f = Floats.of(call);
        int rank = a.spec(input).rank();
        int axis = Math.floorMod(a.integer("axis", -1), rank);
        int[] swap =
            IntStream.range(0, rank)
                .map(i -> i == axis ? rank - 1 : i == rank - 1 ? axis : i)
                .toArray();
        Operand<TFloat32> x = a.floats(input);
        boolean last = axis == rank - 1;
        x = last ? x : f.transpose(x, swap);
        Operand<TFloat32> y = log ? Curves.logSoftmax(f, x) : f.tf().nn.softmax(x);
        return List.of(Value.of(last ? y : f.transpose(y, swap)));
      }
    };
  }
}
