package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Keras's SimpleRNN, GRU, LSTM, ConvLSTM1D–3D and RNN around a cell: (batch, steps, …) to the last
 * output, or with {@code returnSequences} to all of them.
 *
 * <p>The steps are written out one by one, because TensorFlow's C++ gradients cannot pass a While
 * loop; so the number of steps must be known. A masked step repeats the output and the states of
 * the step before. Further inputs, or the keyword {@code initial_state}, are the first states.
 * Source: keras/src/layers/rnn/rnn.py, Keras 3.15.
 *
 * @param className Keras's class name
 * @param zeroForMask masked steps give 0 instead of the output before
 */
public record Recurrent(
    String className, Cell cell, Flow flow, boolean zeroForMask, Regularizer activityRegularizer)
    implements Layer {
  /**
   * What goes in and out.
   *
   * @param returnState the states come out after the output
   * @param goBackwards the last step comes first, in and out
   * @param stateful Keras keeps the states from batch to batch; Graft reads it and refuses to train
   * @param unroll Keras's own choice of writing the steps out; means nothing here
   */
  public record Flow(
      boolean returnSequences,
      boolean returnState,
      boolean goBackwards,
      boolean stateful,
      boolean unroll) {}

  static Recurrent read(String className, Config c, Cell cell) {
    Missing.refuse(c, "time_major");
    c.ignore("use_cudnn");
    Flow flow =
        new Flow(
            c.flag("return_sequences", false),
            c.flag("return_state", false),
            c.flag("go_backwards", false),
            c.flag("stateful", false),
            c.flag("unroll", false));
    return new Recurrent(
        className,
        cell,
        flow,
        c.flag("zero_output_for_mask", false),
        Regularizers.read(c, "activity_regularizer"));
  }

  /** The same layer, as Bidirectional runs it: masked steps of sequences are 0. */
  Recurrent inBothDirections() {
    return new Recurrent(className, cell, flow, flow.returnSequences(), activityRegularizer);
  }

  /** Class names of the cells one on the other; empty when there is only one. */
  public List<String> cellClasses() {
    return cell instanceof StackedCells stack
        ? stack.cells().stream().map(Cell::className).toList()
        : List.of();
  }

  @Override
  public boolean random() {
    return cell.random();
  }

  /** The input of one step. */
  private static Spec step(Spec in) {
    if (in.rank() < 3) {
      throw new ShapeException("expected (batch, steps, features), came " + in + ".");
    }
    long[] sizes = in.shape().asArray();
    long[] step = new long[sizes.length - 1];
    step[0] = sizes[0];
    System.arraycopy(sizes, 2, step, 1, step.length - 1);
    return Spec.floats(step);
  }

  @Override
  public List<Slot> slots(List<Spec> inputs) {
    return cell.slots(step(inputs.get(0)));
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    Spec in = inputs.get(0);
    Spec step = step(in);
    Spec out = cell.output(step);
    List<Spec> outputs = new ArrayList<>();
    if (flow.returnSequences()) {
      long[] sizes = out.shape().asArray();
      long[] all = new long[sizes.length + 1];
      all[0] = in.size(0);
      all[1] = in.size(1);
      System.arraycopy(sizes, 1, all, 2, sizes.length - 1);
      outputs.add(out.with(all));
    } else {
      outputs.add(out);
    }
    if (flow.returnState()) {
      outputs.addAll(cell.states(step));
    }
    return outputs;
  }

  @Override
  public List<Value> call(Call call) {
    Spec in = call.specs().get(0);
    if (in.size(1) < 0) {
      throw new ShapeException(
          className
              + ": Graft writes the steps out, so their number must be known; came "
              + in
              + ". Give the model an input shape with a number of steps.");
    }
    if (flow.stateful() && call.training()) {
      throw new UnsupportedException(
          className
              + ": stateful is set; Graft does not carry states from batch to batch in training."
              + " Set stateful to false, or freeze nothing and only predict.");
    }
    Operand<TBool> mask = Masks.given(call);
    Cell.Run run = cell.run(new Cell.Scope(call, "", 0), step(in));
    return outputs(call, run, mask);
  }

  private List<Value> outputs(Call call, Cell.Run run, Operand<TBool> mask) {
    Floats f = Floats.of(call);
    Steps steps = new Steps(f, mask, zeroForMask);
    Spec in = call.specs().get(0);
    Operand<TFloat32> projected = run.project(call.x(), in.as(DType.FLOAT32));
    List<Operand<TFloat32>> parts =
        new ArrayList<>(f.tf().unstack(projected, in.size(1), Unstack.axis(1L)).output());
    List<Operand<TBool>> counts = steps.each(in.size(1));
    if (flow.goBackwards()) {
      Collections.reverse(parts);
      Collections.reverse(counts);
    }
    List<Operand<TFloat32>> all = steps.run(run, parts, counts, first(call, run));
    int cut = parts.size();
    List<Operand<TFloat32>> sequence = all.subList(0, cut);
    Operand<TFloat32> y;
    if (flow.returnSequences()) {
      List<Operand<TFloat32>> outward = sequence.stream().map(run::outward).toList();
      y = f.tf().stack(outward, Stack.axis(1L));
    } else {
      y = run.outward(sequence.get(cut - 1));
    }
    Regularizers.activity(call, activityRegularizer, y);
    List<Value> values = new ArrayList<>();
    values.add(new Value(y, flow.returnSequences() ? Masks.onward(call) : null));
    if (flow.returnState()) {
      all.subList(cut, all.size()).forEach(s -> values.add(Value.of(run.outward(s))));
    }
    return values;
  }

  /** The states before the first step. */
  private List<Operand<TFloat32>> first(Call call, Cell.Run run) {
    List<Operand<TFloat32>> given = new ArrayList<>();
    for (int i = 1; i < call.inputs().size(); i++) {
      if (!Masks.isMask(call, i)) {
        given.add(run.inward(call.x(i)));
      }
    }
    List<Spec> states = cell.states(step(call.specs().get(0)));
    if (!given.isEmpty()) {
      if (given.size() != states.size()) {
        throw new ShapeException(
            className + ": expected " + states.size() + " states, came " + given.size() + ".");
      }
      return given;
    }
    Floats f = Floats.of(call);
    Extent batch = Extent.of(f.tf(), call.x(), call.specs().get(0), 0);
    for (Spec state : states) {
      Extent[] sizes = new Extent[state.rank()];
      sizes[0] = batch;
      for (int i = 1; i < sizes.length; i++) {
        sizes[i] = Extent.of(f.tf(), state.known(i, className));
      }
      Operand<TFloat32> zeros = f.tf().fill(Extent.vector(f.tf(), sizes), f.constant(0));
      given.add(run.inward(zeros));
    }
    return given;
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    if (className.equals("RNN")) {
      config.put("cell", StackedCells.object(cell));
    } else {
      config.putAll(cell.config());
    }
    config.put("return_sequences", flow.returnSequences());
    config.put("return_state", flow.returnState());
    config.put("go_backwards", flow.goBackwards());
    config.put("stateful", flow.stateful());
    config.put("unroll", flow.unroll());
    config.put("zero_output_for_mask", zeroForMask);
    if (activityRegularizer != null) {
      config.put("activity_regularizer", Regularizers.config(activityRegularizer));
    }
    return config;
  }
}
