package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * Keras's LSTMCell, gates in the order input, forget, cell, output. Source:
 * keras/src/layers/rnn/lstm.py, Keras 3.15.
 */
record LstmCell(int units, boolean unitForgetBias, RecurrentSettings settings) implements RowCell {
  static LstmCell read(Config c) {
    return new LstmCell(
        c.get("units").count(), c.flag("unit_forget_bias", true), RecurrentSettings.read(c, true));
  }

  @Override
  public String className() {
    return "LSTMCell";
  }

  @Override
  public List<Slot> slots(Spec step) {
    return settings.slots(
        Shape.of(step.known(-1, className()), 4L * units),
        Shape.of(units, 4L * units),
        settings.lstmBias(units, unitForgetBias));
  }

  @Override
  public List<Spec> states(Spec step) {
    return List.of(output(step), output(step));
  }

  @Override
  public Run run(Scope scope, Spec step) {
    Gates gates = new Gates(scope, settings, 4);
    return new Run() {
      @Override
      public Operand<TFloat32> project(Operand<TFloat32> x, Spec steps) {
        Operand<TFloat32> y = gates.project(x, steps);
        return settings.useBias() ? scope.floats().add(y, scope.weight("bias")) : y;
      }

      @Override
      public List<Operand<TFloat32>> step(
          Operand<TFloat32> projected, List<Operand<TFloat32>> states) {
        Floats f = scope.floats();
        Operand<TFloat32> h = states.get(0);
        Operand<TFloat32> inner =
            gates.product(
                h,
                scope.weight("recurrent_kernel"),
                gates.stateMasks(h),
                (in, kernel) -> f.tf().linalg.matMul(in, kernel));
        return advance(f, settings, f.add(projected, inner), states.get(1));
      }
    };
  }

  /** From the four gates' sums, side by side along the last dimension, and the cell's state. */
  static List<Operand<TFloat32>> advance(
      Floats f, RecurrentSettings settings, Operand<TFloat32> sums, Operand<TFloat32> carry) {
    int last = sums.shape().numDimensions() - 1;
    List<org.tensorflow.Output<TFloat32>> z =
        f.tf().split(f.tf().constant(last), sums, 4L).output();
    Activation gate = settings.recurrentActivation();
    Operand<TFloat32> i = gate.apply(f.tf(), z.get(0));
    Operand<TFloat32> forget = gate.apply(f.tf(), z.get(1));
    Operand<TFloat32> candidate = settings.activation().apply(f.tf(), z.get(2));
    Operand<TFloat32> c = f.add(f.mul(forget, carry), f.mul(i, candidate));
    Operand<TFloat32> o = gate.apply(f.tf(), z.get(3));
    Operand<TFloat32> h = f.mul(o, settings.activation().apply(f.tf(), c));
    return List.of(h, h, c);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("units", units);
    config.put("unit_forget_bias", unitForgetBias);
    settings.into(config);
    return config;
  }
}
