package dev.graft.layers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * The steps of a recurrent layer, one after the other.
 *
 * @param mask (batch, steps), or null
 * @param zero masked steps give 0 instead of the output before
 */
record Steps(Floats f, Operand<TBool> mask, boolean zero) {
  /** The mask of each step, (batch); nulls when there is no mask. */
  List<Operand<TBool>> each(long count) {
    if (mask == null) {
      return new ArrayList<>(Collections.nCopies((int) count, null));
    }
    return new ArrayList<>(f.tf().unstack(mask, count, Unstack.axis(1L)).output());
  }

  /** The output of each step, then the last states. */
  List<Operand<TFloat32>> run(
      Cell.Run run,
      List<Operand<TFloat32>> inputs,
      List<Operand<TBool>> counts,
      List<Operand<TFloat32>> first) {
    List<Operand<TFloat32>> outputs = new ArrayList<>();
    List<Operand<TFloat32>> states = first;
    Operand<TFloat32> before = null;
    for (int t = 0; t < inputs.size(); t++) {
      List<Operand<TFloat32>> next = run.step(inputs.get(t), states);
      Operand<TFloat32> y = next.get(0);
      List<Operand<TFloat32>> moved = next.subList(1, next.size());
      Operand<TBool> counting = counts.get(t);
      if (counting == null) {
        states = moved;
        outputs.add(y);
        continue;
      }
      Operand<TFloat32> nothing = f.tf().zerosLike(y);
      Operand<TFloat32> kept = choose(counting, y, before == null ? nothing : before);
      List<Operand<TFloat32>> chosen = new ArrayList<>();
      for (int i = 0; i < moved.size(); i++) {
        chosen.add(choose(counting, moved.get(i), states.get(i)));
      }
      states = chosen;
      before = kept;
      outputs.add(zero ? choose(counting, y, nothing) : kept);
    }
    List<Operand<TFloat32>> all = new ArrayList<>(outputs);
    all.addAll(states);
    return all;
  }

  private Operand<TFloat32> choose(
      Operand<TBool> counting, Operand<TFloat32> yes, Operand<TFloat32> no) {
    int rank = yes.shape().numDimensions();
    int[] shape = new int[rank];
    java.util.Arrays.fill(shape, 1);
    shape[0] = -1;
    return f.where(f.tf().reshape(counting, f.ints(shape)), yes, no);
  }
}
