package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * Keras's SimpleRNNCell: {@code h = activation(x · kernel + bias + h · recurrent)}. Source:
 * keras/src/layers/rnn/simple_rnn.py, Keras 3.15.
 */
record SimpleCell(int units, RecurrentSettings settings) implements RowCell {
  static SimpleCell read(Config c) {
    return new SimpleCell(c.get("units").count(), RecurrentSettings.read(c, false));
  }

  @Override
  public String className() {
    return "SimpleRNNCell";
  }

  @Override
  public List<Slot> slots(Spec step) {
    return settings.slots(
        Shape.of(step.known(-1, className()), units),
        Shape.of(units, units),
        settings.bias().slot("bias", units));
  }

  @Override
  public List<Spec> states(Spec step) {
    return List.of(output(step));
  }

  @Override
  public Run run(Scope scope, Spec step) {
    return new Run() {
      private Operand<TFloat32> recurrentMask;

      @Override
      public Operand<TFloat32> project(Operand<TFloat32> x, Spec steps) {
        Floats f = scope.floats();
        Operand<TFloat32> mask = scope.mask(f.at(x, 1, 0), settings.dropout(), settings.seed(), 0);
        Operand<TFloat32> y =
            RecurrentSettings.times(
                f, RecurrentSettings.masked(f, x, mask), steps, scope.weight("kernel"));
        return settings.useBias() ? f.add(y, scope.weight("bias")) : y;
      }

      @Override
      public List<Operand<TFloat32>> step(
          Operand<TFloat32> projected, List<Operand<TFloat32>> states) {
        Floats f = scope.floats();
        Operand<TFloat32> h = states.get(0);
        if (recurrentMask == null) {
          recurrentMask = scope.mask(h, settings.recurrentDropout(), settings.seed(), 1);
        }
        h = recurrentMask == null ? h : f.mul(h, recurrentMask);
        Operand<TFloat32> sum =
            f.add(projected, f.tf().linalg.matMul(h, scope.weight("recurrent_kernel")));
        Operand<TFloat32> y = settings.activation().apply(f.tf(), sum);
        return List.of(y, y);
      }
    };
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("units", units);
    settings.into(config);
    return config;
  }
}
