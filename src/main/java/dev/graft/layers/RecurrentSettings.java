package dev.graft.layers;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * What the cells of SimpleRNN, GRU, LSTM and ConvLSTM share.
 *
 * @param recurrentActivation of the gates; null where there are none
 * @param dropout share of the inputs dropped in training, the same at every step
 * @param recurrentDropout share of the states dropped in training
 */
record RecurrentSettings(
    Activation activation,
    Activation recurrentActivation,
    boolean useBias,
    WeightSettings kernel,
    WeightSettings recurrent,
    WeightSettings bias,
    double dropout,
    double recurrentDropout,
    Integer seed) {
  static RecurrentSettings read(Config c, boolean gates) {
    // Which of several ways to compute the same; Keras 3 keeps it to itself.
    c.ignore("implementation");
    return new RecurrentSettings(
        c.has("activation") || c.contains("activation")
            ? Activations.read(c, "activation")
            : Activations.TANH,
        !gates
            ? null
            : c.contains("recurrent_activation")
                ? Activations.read(c, "recurrent_activation")
                : Activations.SIGMOID,
        c.flag("use_bias", true),
        WeightSettings.read(c, "kernel", "glorot_uniform"),
        WeightSettings.read(c, "recurrent", "orthogonal"),
        WeightSettings.read(c, "bias", "zeros"),
        c.number("dropout", 0),
        c.number("recurrent_dropout", 0),
        Numbers.seed(c));
  }

  boolean random() {
    return dropout > 0 || recurrentDropout > 0;
  }

  /** Kernel, recurrent kernel and, if there is one, bias. */
  List<Slot> slots(Shape kernelShape, Shape recurrentShape, Slot biasSlot) {
    List<Slot> slots = new ArrayList<>();
    slots.add(kernel.slot("kernel", kernelShape.asArray()));
    slots.add(recurrent.slot("recurrent_kernel", recurrentShape.asArray()));
    if (useBias) {
      slots.add(biasSlot);
    }
    return slots;
  }

  void into(Map<String, Object> config) {
    config.put("activation", activation.config());
    if (recurrentActivation != null) {
      config.put("recurrent_activation", recurrentActivation.config());
    }
    config.put("use_bias", useBias);
    kernel.into(config, "kernel");
    recurrent.into(config, "recurrent");
    bias.into(config, "bias");
    config.put("dropout", dropout);
    config.put("recurrent_dropout", recurrentDropout);
    config.put("seed", seed);
  }

  /** The bias of an LSTM: ones for the forget gate, the second of four, if {@code forget}. */
  Slot lstmBias(int units, boolean forget) {
    Initializer first = forget ? new ForgetBias(bias.initializer()) : bias.initializer();
    return Slot.of("bias", first, 4L * units).with(bias.regularizer(), bias.constraint());
  }

  /** Keras's {@code unit_forget_bias}: a setting of the layer, no initializer of its own. */
  private record ForgetBias(Initializer others) implements Initializer {
    @Override
    public float[] values(Shape shape, RandomGenerator random) {
      int units = Math.toIntExact(shape.get(0) / 4);
      float[] values = others.values(shape, random);
      java.util.Arrays.fill(values, units, 2 * units, 1);
      return values;
    }

    @Override
    public Map<String, Object> config() {
      return others.config();
    }
  }

  /** {@code x} (batch, steps, n) times a matrix (n, m). */
  static Operand<TFloat32> times(
      Floats f, Operand<TFloat32> x, Spec steps, Operand<TFloat32> matrix) {
    long inner = steps.size(2);
    Operand<TFloat32> rows = f.tf().reshape(x, f.tf().constant(new long[] {-1, inner}));
    Operand<TFloat32> product = f.tf().linalg.matMul(rows, matrix);
    long outer = matrix.shape().get(1);
    return f.tf().reshape(product, f.tf().constant(new long[] {-1, steps.size(1), outer}));
  }

  /** {@code x} (batch, steps, …) times a mask (batch, …), or {@code x} when there is none. */
  static Operand<TFloat32> masked(Floats f, Operand<TFloat32> x, Operand<TFloat32> mask) {
    return mask == null ? x : f.mul(x, f.expand(mask, 1));
  }
}
