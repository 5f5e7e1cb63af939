package dev.graft.layers;

import dev.graft.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The cell of Keras's ConvLSTM1D, 2D and 3D: an LSTM whose products are convolutions. Source:
 * keras/src/layers/rnn/conv_lstm.py, Keras 3.15.
 */
record ConvLstmCell(int filters, Window window, boolean unitForgetBias, RecurrentSettings settings)
    implements Cell {
  static ConvLstmCell read(Config c, int rank) {
    return new ConvLstmCell(
        c.integer("filters"),
        Window.transposed(c, rank),
        c.flag("unit_forget_bias", true),
        RecurrentSettings.read(c, true));
  }

  @Override
  public String className() {
    return "ConvLSTM" + window.rank() + "DCell";
  }

  private Shape kernel(long channels) {
    List<Long> sizes = window.kernel(channels, 4L * filters);
    return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public List<Slot> slots(Spec step) {
    return settings.slots(
        kernel(window.channels(step, className())),
        kernel(filters),
        settings.lstmBias(filters, unitForgetBias));
  }

  @Override
  public Spec output(Spec step) {
    return window.output(step, filters);
  }

  @Override
  public List<Spec> states(Spec step) {
    return List.of(output(step), output(step));
  }

  @Override
  public boolean random() {
    return settings.random();
  }

  @Override
  public Run run(Scope scope, Spec step) {
    return new ConvolutionalRun(this, new Gates(scope, settings, 4), step);
  }

  /** One use of the cell; data inside has its channels last. */
  private static final class ConvolutionalRun implements Run {
    private final ConvLstmCell cell;
    private final Gates gates;
    private final Spec in;
    private final Spec out;

    ConvolutionalRun(ConvLstmCell cell, Gates gates, Spec step) {
      this.cell = cell;
      this.gates = gates;
      this.in = cell.window.channelsLast(step);
      this.out = cell.window.channelsLast(cell.output(step));
    }

    private Floats floats() {
      return gates.scope().floats();
    }

    @Override
    public Operand<TFloat32> project(Operand<TFloat32> x, Spec steps) {
      Floats f = floats();
      Ops tf = f.tf();
      // Steps become examples, so that one convolution serves them all.
      long[] sizes = steps.shape().asArray();
      long[] rows = new long[sizes.length - 1];
      System.arraycopy(sizes, 2, rows, 1, rows.length - 1);
      rows[0] = -1;
      List<Operand<TFloat32>> masks = gates.overSteps(gates.inputMasks(f.at(x, 1, 0)));
      Operand<TFloat32> y =
          gates.product(
              x,
              gates.scope().weight("kernel"),
              masks,
              (data, kernel) -> {
                Operand<TFloat32> flat = inward(tf.reshape(data, tf.constant(rows)));
                return new Convolutions(tf, in, cell.window.channelsLast()).convolve(flat, kernel);
              });
      if (cell.settings.useBias()) {
        y = tf.nn.biasAdd(y, gates.scope().weight("bias"));
      }
      long[] back = new long[sizes.length];
      back[0] = -1;
      back[1] = steps.size(1);
      for (int i = 2; i < back.length; i++) {
        back[i] = out.size(i - 1);
      }
      back[back.length - 1] = 4L * cell.filters;
      return tf.reshape(y, tf.constant(back));
    }

    @Override
    public List<Operand<TFloat32>> step(
        Operand<TFloat32> projected, List<Operand<TFloat32>> states) {
      Floats f = floats();
      Operand<TFloat32> h = states.get(0);
      Integer[] size = cell.window.size().toArray(Integer[]::new);
      Convolutions same = new Convolutions(f.tf(), out, Window.of(Padding.SAME, size));
      Operand<TFloat32> inner =
          gates.product(
              h, gates.scope().weight("recurrent_kernel"), gates.stateMasks(h), same::convolve);
      return LstmCell.advance(f, cell.settings, f.add(projected, inner), states.get(1));
    }

    @Override
    public Operand<TFloat32> outward(Operand<TFloat32> y) {
      return cell.window.channelsFirst()
          ? ChannelOrder.toFirst(floats().tf(), y, cell.window.rank() + 2)
          : y;
    }

    @Override
    public Operand<TFloat32> inward(Operand<TFloat32> state) {
      return cell.window.channelsFirst()
          ? ChannelOrder.toLast(floats().tf(), state, cell.window.rank() + 2)
          : state;
    }
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("filters", filters);
    window.convolutionInto(config);
    config.put("unit_forget_bias", unitForgetBias);
    settings.into(config);
    return config;
  }
}
