package dev.graft.layers;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** Functions of two tensors, element by element, with NumPy's broadcasting. */
final class PairOps {
  private PairOps() {}

  private interface Pair {
    Operand<?> apply(Floats f, Operand<TFloat32> a, Operand<TFloat32> b);
  }

  private static Operations.Op pair(String a, String b, DType type, Pair function) {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments arguments) {
        return List.of(Broadcast.of(arguments.spec(a), arguments.spec(b)).as(type));
      }

      @Override
      public List<Value> emit(Call call, OpArguments arguments) {
        return List.of(
            Value.of(function.apply(Floats.of(call), arguments.floats(a), arguments.floats(b))));
      }
    };
  }

  private static void both(
      Operations to, String keras, String tensorflow, DType type, Pair function) {
    if (!keras.isEmpty()) {
      to.keras(keras + " x1 x2", pair("x1", "x2", type, function));
    }
    if (!tensorflow.isEmpty()) {
      to.tensorflow(tensorflow + " x y", pair("x", "y", type, function));
    }
  }

  private static void floats(Operations to, String keras, String tensorflow, Pair function) {
    both(to, keras, tensorflow, DType.FLOAT32, function);
  }

  private static void truths(Operations to, String keras, String tensorflow, Pair function) {
    both(to, keras, tensorflow, DType.BOOL, function);
  }

  static void register(Operations to) {
    floats(to, "numpy.Add", "math.add,__operators__.add,add", Floats::add);
    floats(to, "numpy.Subtract", "math.subtract,subtract", Floats::sub);
    floats(to, "numpy.Multiply", "math.multiply,multiply", Floats::mul);
    floats(to, "numpy.Divide", "math.divide", Floats::div);
    floats(to, "numpy.TrueDivide", "math.truediv,realdiv,truediv", Floats::div);
    floats(to, "numpy.DivideNoNan", "math.divide_no_nan", (f, a, b) -> f.tf().math.divNoNan(a, b));
    floats(
        to,
        "numpy.FloorDivide",
        "math.floordiv,floordiv,compat.v1.floor_div,math.floor_div",
        (f, a, b) -> f.tf().math.floor(f.div(a, b)));
    floats(to, "numpy.Power", "math.pow,pow", (f, a, b) -> f.tf().math.pow(a, b));
    floats(to, "numpy.Maximum", "math.maximum,maximum", (f, a, b) -> f.tf().math.maximum(a, b));
    floats(to, "numpy.Minimum", "math.minimum,minimum", (f, a, b) -> f.tf().math.minimum(a, b));
    floats(to, "", "math.squared_difference", (f, a, b) -> f.tf().math.squaredDifference(a, b));
    truths(to, "numpy.Greater", "math.greater,greater", (f, a, b) -> f.tf().math.greater(a, b));
    truths(
        to,
        "numpy.GreaterEqual",
        "math.greater_equal,greater_equal",
        (f, a, b) -> f.tf().math.greaterEqual(a, b));
    truths(to, "numpy.Less", "math.less,less", (f, a, b) -> f.tf().math.less(a, b));
    truths(
        to,
        "numpy.LessEqual",
        "math.less_equal,less_equal",
        (f, a, b) -> f.tf().math.lessEqual(a, b));
    truths(
        to,
        "numpy.Equal",
        "math.equal,equal,__operators__.eq",
        (f, a, b) -> f.tf().math.equal(a, b));
    truths(
        to,
        "numpy.NotEqual",
        "math.not_equal,not_equal,__operators__.ne",
        (f, a, b) -> f.tf().math.notEqual(a, b));
    logic(to);
    to.keras("numpy.Where condition x1 x2", where("condition", "x1", "x2"));
    to.tensorflow("where,compat.v1.where condition x y", where("condition", "x", "y"));
    Operations.Op bias = pair("value", "bias", DType.FLOAT32, Floats::add);
    to.tensorflow("nn.bias_add,compat.v1.nn.bias_add value bias data_format", lastOnly(bias));
  }

  private static void logic(Operations to) {
    truths(
        to,
        "numpy.LogicalAnd",
        "math.logical_and",
        (f, a, b) -> f.tf().math.logicalAnd(truth(f, a), truth(f, b)));
    truths(
        to,
        "numpy.LogicalOr",
        "math.logical_or",
        (f, a, b) -> f.tf().math.logicalOr(truth(f, a), truth(f, b)));
    Operations.Op not =
        new Operations.Op() {
          @Override
          public List<Spec> outputs(OpArguments arguments) {
            return List.of(arguments.spec("x").as(DType.BOOL));
          }

          @Override
          public List<Value> emit(Call call, OpArguments arguments) {
            Floats f = Floats.of(call);
            return List.of(Value.of(f.tf().math.logicalNot(truth(f, arguments.floats("x")))));
          }
        };
    to.keras("numpy.LogicalNot x", not).tensorflow("math.logical_not x", not);
  }

  private static Operand<TBool> truth(Floats f, Operand<TFloat32> x) {
    return f.tf().math.notEqual(x, f.constant(0));
  }

  private static Operations.Op where(String condition, String yes, String no) {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments a) {
        Spec both = Broadcast.of(a.spec(yes), a.spec(no));
        return List.of(Broadcast.of(both, a.spec(condition)).as(DType.FLOAT32));
      }

      @Override
      public List<Value> emit(Call call, OpArguments a) {
        Operand<TBool> mask = Masks.of(call.tf(), a.tensor(condition));
        return List.of(Value.of(Floats.of(call).where(mask, a.floats(yes), a.floats(no))));
      }
    };
  }

  /** Refuses channels first, which Keras never writes here. */
  private static Operations.Op lastOnly(Operations.Op op) {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments a) {
        if (a.string("data_format", "NHWC").startsWith("NC")) {
          throw new dev.graft.error.UnsupportedException(
              "nn.bias_add: Graft adds along the last dimension only.");
        }
        return op.outputs(a);
      }

      @Override
      public List<Value> emit(Call call, OpArguments a) {
        return op.emit(call, a);
      }
    };
  }
}
