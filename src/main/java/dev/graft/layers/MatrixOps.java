package dev.graft.layers;

import dev.graft.error.ShapeException;
import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Products of matrices and lengths of vectors. */
final class MatrixOps {
  private MatrixOps() {}

  static void register(Operations to) {
    to.keras("numpy.Matmul x1 x2", product("x1", "x2"));
    to.tensorflow(
        "linalg.matmul,matmul a b transpose_a transpose_b adjoint_a adjoint_b", product("a", "b"));
    to.keras("numpy.Einsum operands* subscripts", einsum());
    to.keras("nn.Normalize x axis order epsilon", unit("x", 1e7));
    to.tensorflow("math.l2_normalize,nn.l2_normalize x axis epsilon dim", unit("x", 1e6));
  }

  private static Operations.Op product(String first, String second) {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments a) {
        Spec x = turned(a.spec(first), a.flag("transpose_a"));
        Spec y = turned(a.spec(second), a.flag("transpose_b"));
        if (x.rank() < 2 || y.rank() < 2) {
          throw new ShapeException("matmul: expected matrices, came " + x + " and " + y + ".");
        }
        if (x.size(-1) >= 0 && y.size(-2) >= 0 && x.size(-1) != y.size(-2)) {
          throw new ShapeException("matmul: " + x + " and " + y + " do not go together.");
        }
        Spec batch = Broadcast.of(stacks(x), stacks(y));
        long[] sizes = java.util.Arrays.copyOf(batch.shape().asArray(), batch.rank() + 2);
        sizes[sizes.length - 2] = x.size(-2);
        sizes[sizes.length - 1] = y.size(-1);
        return List.of(Spec.floats(sizes));
      }

      @Override
      public List<Value> emit(Call call, OpArguments a) {
        Operand<TFloat32> x = turn(call, a.floats(first), a.flag("transpose_a"));
        Operand<TFloat32> y = turn(call, a.floats(second), a.flag("transpose_b"));
        boolean plain = a.spec(first).rank() == 2 && a.spec(second).rank() == 2;
        return List.of(
            Value.of(
                plain
                    ? call.tf().linalg.matMul(x, y)
                    : call.tf().train.batchMatMul(x, y, TFloat32.class)));
      }
    };
  }

  private static Spec turned(Spec spec, boolean turned) {
    if (!turned) {
      return spec;
    }
    long[] sizes = spec.shape().asArray();
    long last = sizes[sizes.length - 1];
    sizes[sizes.length - 1] = sizes[sizes.length - 2];
    sizes[sizes.length - 2] = last;
    return spec.with(sizes);
  }

  private static Operand<TFloat32> turn(Call call, Operand<TFloat32> x, boolean turned) {
    if (!turned) {
      return x;
    }
    int rank = x.shape().numDimensions();
    int[] order = java.util.stream.IntStream.range(0, rank).toArray();
    order[rank - 1] = rank - 2;
    order[rank - 2] = rank - 1;
    return Floats.of(call).transpose(x, order);
  }

  private static Spec stacks(Spec spec) {
    return spec.with(java.util.Arrays.copyOf(spec.shape().asArray(), spec.rank() - 2));
  }

  private static Operations.Op einsum() {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments a) {
        return List.of(
            Einsums.output(a.string("subscripts", ""), a.specs("operands")).as(DType.FLOAT32));
      }

      @Override
      public List<Value> emit(Call call, OpArguments a) {
        List<Operand<TFloat32>> all = new ArrayList<>();
        a.tensors("operands").forEach(t -> all.add(Numbers.floats(call.tf(), t)));
        return List.of(Value.of(call.tf().linalg.einsum(all, a.string("subscripts", ""))));
      }
    };
  }

  /** Length 1 along the axes; {@code most} limits the factor unless an epsilon is given. */
  private static Operations.Op unit(String input, double most) {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments a) {
        if (a.integer("order", 2) != 2) {
          throw new UnsupportedException("normalize: Graft has order 2 only.");
        }
        return List.of(a.spec(input).as(DType.FLOAT32));
      }

      @Override
      public List<Value> emit(Call call, OpArguments a) {
        Floats f = Floats.of(call);
        Operand<TFloat32> x = a.floats(input);
        int[] axes = a.axes(a.has("dim") ? "dim" : "axis", a.spec(input));
        Operand<TFloat32> squares = f.sum(f.square(x), true, axes);
        // Keras bounds the length, TensorFlow its square.
        double limit = most == 1e7 ? 1 / a.number("epsilon", 1e-7) : 0;
        Operand<TFloat32> factor =
            limit > 0
                ? f.tf().math.minimum(f.tf().math.rsqrt(squares), f.constant(limit))
                : f.tf()
                    .math
                    .rsqrt(f.tf().math.maximum(squares, f.constant(a.number("epsilon", 1e-12))));
        return List.of(Value.of(f.mul(x, factor)));
      }
    };
  }
}
