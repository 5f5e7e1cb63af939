package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * Keras's GRUCell, gates in the order update, reset, candidate. Source:
 * keras/src/layers/rnn/gru.py, Keras 3.15.
 *
 * @param resetAfter the reset gate acts after the product with the recurrent kernel (then there are
 *     two rows of bias), not before
 */
record GruCell(int units, boolean resetAfter, RecurrentSettings settings) implements RowCell {
  static GruCell read(Config c) {
    return new GruCell(
        c.get("units").count(), c.flag("reset_after", true), RecurrentSettings.read(c, true));
  }

  @Override
  public String className() {
    return "GRUCell";
  }

  @Override
  public List<Slot> slots(Spec step) {
    long[] biasShape = resetAfter ? new long[] {2, 3L * units} : new long[] {3L * units};
    return settings.slots(
        Shape.of(step.known(-1, className()), 3L * units),
        Shape.of(units, 3L * units),
        settings.bias().slot("bias", biasShape));
  }

  @Override
  public List<Spec> states(Spec step) {
    return List.of(output(step));
  }

  @Override
  public Run run(Scope scope, Spec step) {
    Gates gates = new Gates(scope, settings, 3);
    return new Run() {
      @Override
      public Operand<TFloat32> project(Operand<TFloat32> x, Spec steps) {
        Floats f = scope.floats();
        Operand<TFloat32> y = gates.project(x, steps);
        if (!settings.useBias()) {
          return y;
        }
        Operand<TFloat32> bias = scope.weight("bias");
        return f.add(y, resetAfter ? f.at(bias, 0, 0) : bias);
      }

      @Override
      public List<Operand<TFloat32>> step(
          Operand<TFloat32> projected, List<Operand<TFloat32>> states) {
        Operand<TFloat32> h = states.get(0);
        Operand<TFloat32> next = advance(gates, projected, h, gates.stateMasks(h));
        return List.of(next, next);
      }
    };
  }

  private Operand<TFloat32> advance(
      Gates gates, Operand<TFloat32> x, Operand<TFloat32> h, List<Operand<TFloat32>> masks) {
    Floats f = gates.scope().floats();
    Operand<TFloat32> kernel = gates.scope().weight("recurrent_kernel");
    Activation gate = settings.recurrentActivation();
    Operand<TFloat32> update;
    Operand<TFloat32> candidate;
    if (resetAfter) {
      Operand<TFloat32> inner =
          gates.product(h, kernel, masks, (in, k) -> f.tf().linalg.matMul(in, k));
      if (settings.useBias()) {
        inner = f.add(inner, f.at(gates.scope().weight("bias"), 0, 1));
      }
      update = gate.apply(f.tf(), f.add(third(f, x, 0), third(f, inner, 0)));
      Operand<TFloat32> reset = gate.apply(f.tf(), f.add(third(f, x, 1), third(f, inner, 1)));
      candidate = f.add(third(f, x, 2), f.mul(reset, third(f, inner, 2)));
    } else {
      update = gate.apply(f.tf(), f.add(third(f, x, 0), apart(gates, h, masks, 0)));
      Operand<TFloat32> reset =
          gate.apply(f.tf(), f.add(third(f, x, 1), apart(gates, h, masks, 1)));
      Operand<TFloat32> kept = f.mul(reset, masks.isEmpty() ? h : f.mul(h, masks.get(2)));
      candidate = f.add(third(f, x, 2), f.tf().linalg.matMul(kept, gates.part(kernel, 2)));
    }
    Operand<TFloat32> fresh = settings.activation().apply(f.tf(), candidate);
    return f.add(f.mul(update, h), f.mul(f.sub(1, update), fresh));
  }

  private static Operand<TFloat32> apart(
      Gates gates, Operand<TFloat32> h, List<Operand<TFloat32>> masks, int i) {
    Floats f = gates.scope().floats();
    Operand<TFloat32> in = masks.isEmpty() ? h : f.mul(h, masks.get(i));
    return f.tf().linalg.matMul(in, gates.part(gates.scope().weight("recurrent_kernel"), i));
  }

  private Operand<TFloat32> third(Floats f, Operand<TFloat32> x, int i) {
    return f.slice(x, 1, i * units, Extent.of(f.tf(), (i + 1L) * units), 1);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("units", units);
    config.put("reset_after", resetAfter);
    settings.into(config);
    return config;
  }
}
