package dev.graft.layers;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Functions of each element of one tensor. */
final class ElementOps {
  private ElementOps() {}

  /** A function without further arguments. */
  private interface Curve {
    Operand<TFloat32> apply(Floats f, Operand<TFloat32> x);
  }

  /** A function with settings. */
  private interface Tuned {
    Operand<TFloat32> apply(Floats f, Operand<TFloat32> x, OpArguments settings);
  }

  private static Operations.Op tuned(String input, Tuned function) {
    return new Operations.Op() {
      @Override
      public List<Spec> outputs(OpArguments arguments) {
        return List.of(arguments.spec(input).as(DType.FLOAT32));
      }

      @Override
      public List<Value> emit(Call call, OpArguments arguments) {
        return List.of(
            Value.of(function.apply(Floats.of(call), arguments.floats(input), arguments)));
      }
    };
  }

  /** One function under Keras's class and TensorFlow's names. */
  private static void both(Operations to, String keras, String tensorflow, Curve curve) {
    if (!keras.isEmpty()) {
      to.keras(keras + " x", tuned("x", (f, x, s) -> curve.apply(f, x)));
    }
    if (!tensorflow.isEmpty()) {
      for (String name : tensorflow.split(",", -1)) {
        String input = name.startsWith("nn.") && !name.equals("nn.silu") ? "features" : "x";
        to.tensorflow(name + " " + input, tuned(input, (f, x, s) -> curve.apply(f, x)));
      }
    }
  }

  static void register(Operations to) {
    arithmetic(to);
    activations(to);
    tunedActivations(to);
  }

  private static void arithmetic(Operations to) {
    both(to, "numpy.Absolute", "math.abs,abs", (f, x) -> f.tf().math.abs(x));
    both(to, "numpy.Abs", "", (f, x) -> f.tf().math.abs(x));
    both(to, "numpy.Negative", "math.negative", (f, x) -> f.tf().math.neg(x));
    both(to, "numpy.Square", "math.square", Floats::square);
    both(to, "numpy.Sqrt", "math.sqrt", (f, x) -> f.tf().math.sqrt(x));
    both(to, "math.Rsqrt", "math.rsqrt", (f, x) -> f.tf().math.rsqrt(x));
    both(to, "numpy.Reciprocal", "math.reciprocal", (f, x) -> f.tf().math.reciprocal(x));
    both(to, "numpy.Exp", "math.exp", (f, x) -> f.tf().math.exp(x));
    both(to, "numpy.Expm1", "math.expm1", (f, x) -> f.tf().math.expm1(x));
    both(to, "numpy.Log", "math.log", (f, x) -> f.tf().math.log(x));
    both(to, "numpy.Log1p", "math.log1p", (f, x) -> f.tf().math.log1p(x));
    both(to, "numpy.Log2", "", (f, x) -> f.mul(f.tf().math.log(x), 1 / Math.log(2)));
    both(to, "numpy.Log10", "", (f, x) -> f.mul(f.tf().math.log(x), 1 / Math.log(10)));
    both(to, "numpy.Sin", "math.sin", (f, x) -> f.tf().math.sin(x));
    both(to, "numpy.Cos", "math.cos", (f, x) -> f.tf().math.cos(x));
    both(to, "math.Erf", "math.erf", (f, x) -> f.tf().math.erf(x));
    both(to, "numpy.Floor", "math.floor", (f, x) -> f.tf().math.floor(x));
    both(to, "numpy.Ceil", "math.ceil", (f, x) -> f.tf().math.ceil(x));
    both(to, "numpy.Sign", "math.sign", (f, x) -> f.tf().math.sign(x));
    both(to, "core.StopGradient", "", (f, x) -> f.tf().stopGradient(x));
    to.tensorflow("stop_gradient input", tuned("input", (f, x, s) -> f.tf().stopGradient(x)));
    to.tensorflow("identity,grad_pass_through input", tuned("input", (f, x, s) -> x));
    to.keras("numpy.Copy x", tuned("x", (f, x, s) -> x));
    to.keras("numpy.ZerosLike x dtype", tuned("x", (f, x, s) -> f.tf().zerosLike(x)));
    to.keras("numpy.OnesLike x dtype", tuned("x", (f, x, s) -> f.tf().onesLike(x)));
    to.tensorflow("zeros_like input dtype", tuned("input", (f, x, s) -> f.tf().zerosLike(x)));
    to.tensorflow("ones_like input dtype", tuned("input", (f, x, s) -> f.tf().onesLike(x)));
  }

  private static void activations(Operations to) {
    both(to, "nn.Relu", "nn.relu", (f, x) -> f.tf().nn.relu(x));
    both(to, "nn.Relu6", "nn.relu6", (f, x) -> f.tf().nn.relu6(x));
    both(to, "nn.Selu", "nn.selu", (f, x) -> f.tf().nn.selu(x));
    both(to, "nn.Sigmoid", "math.sigmoid,nn.sigmoid", (f, x) -> f.tf().math.sigmoid(x));
    both(to, "numpy.Tanh", "math.tanh,nn.tanh", (f, x) -> Curves.tanh(f, x));
    both(to, "nn.Softplus", "math.softplus,nn.softplus", (f, x) -> f.tf().math.softplus(x));
    both(to, "nn.Softsign", "nn.softsign", (f, x) -> f.tf().nn.softsign(x));
    both(to, "nn.LogSigmoid", "math.log_sigmoid", Curves::logSigmoid);
    both(to, "nn.HardSigmoid", "", Curves::hardSigmoid);
    both(to, "nn.HardSilu", "", (f, x) -> f.mul(x, Curves.hardSigmoid(f, x)));
    both(to, "nn.HardTanh", "", (f, x) -> f.clip(x, -1, 1));
    both(to, "nn.TanhShrink", "", (f, x) -> f.sub(x, f.tf().math.tanh(x)));
    both(to, "nn.SparsePlus", "", Curves::sparsePlus);
    both(to, "nn.SparseSigmoid", "", (f, x) -> f.clip(f.mul(f.add(x, 1), 0.5), 0, 1));
    Curve silu = (f, x) -> f.mul(x, f.tf().math.sigmoid(x));
    both(to, "nn.Silu", "", silu);
    // tf.nn.silu's beta is 1 unless given.
    to.tensorflow(
        "nn.silu,nn.swish features beta",
        tuned(
            "features", (f, x, s) -> f.mul(x, f.tf().math.sigmoid(f.mul(x, s.number("beta", 1))))));
    Curve mish = (f, x) -> f.mul(x, f.tf().math.tanh(f.tf().math.softplus(x)));
    both(to, "activations.Mish", "", mish);
  }

  private static void tunedActivations(Operations to) {
    to.keras(
        "nn.LeakyRelu x negative_slope",
        tuned("x", (f, x, s) -> Curves.leakyRelu(f, x, s.number("negative_slope", 0.2))));
    to.tensorflow(
        "nn.leaky_relu features alpha",
        tuned("features", (f, x, s) -> Curves.leakyRelu(f, x, s.number("alpha", 0.2))));
    to.keras("nn.Elu x alpha", tuned("x", (f, x, s) -> Curves.elu(f, x, s.number("alpha", 1))));
    to.tensorflow("nn.elu features", tuned("features", (f, x, s) -> f.tf().nn.elu(x)));
    to.keras("nn.Celu x alpha", tuned("x", (f, x, s) -> Curves.celu(f, x, s.number("alpha", 1))));
    to.keras(
        "nn.Gelu x approximate", tuned("x", (f, x, s) -> Curves.gelu(f, x, s.flag("approximate"))));
    to.tensorflow(
        "nn.gelu features approximate",
        tuned("features", (f, x, s) -> Curves.gelu(f, x, s.flag("approximate"))));
    to.keras(
        "nn.SoftShrink x threshold",
        tuned("x", (f, x, s) -> Curves.softShrink(f, x, s.number("threshold", 0.5))));
    to.keras(
        "nn.HardShrink x threshold",
        tuned("x", (f, x, s) -> Curves.hardShrink(f, x, s.number("threshold", 0.5))));
    to.keras(
        "nn.Squareplus x b", tuned("x", (f, x, s) -> Curves.squarePlus(f, x, s.number("b", 4))));
    to.keras(
        "nn.Threshold x threshold default_value",
        tuned(
            "x",
            (f, x, s) ->
                Curves.threshold(f, x, s.number("threshold", 0), s.number("default_value", 0))));
    to.keras("activations.ReLU x negative_slope max_value threshold", tuned("x", ElementOps::relu));
    Tuned clip = (f, x, s) -> f.clip(x, s.number("x_min", 0), s.number("x_max", 0));
    to.keras("numpy.Clip x x_min x_max", tuned("x", clip));
    to.tensorflow(
        "clip_by_value t clip_value_min clip_value_max",
        tuned(
            "t",
            (f, x, s) -> f.clip(x, s.number("clip_value_min", 0), s.number("clip_value_max", 0))));
  }

  private static Operand<TFloat32> relu(Floats f, Operand<TFloat32> x, OpArguments s) {
    Double most = s.has("max_value") ? Double.valueOf(s.number("max_value", 0)) : null;
    return new ReLU(most, s.number("negative_slope", 0), s.number("threshold", 0)).curve(f, x);
  }
}
