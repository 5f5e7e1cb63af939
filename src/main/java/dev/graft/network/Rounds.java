package dev.graft.network;

import java.util.function.BiFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.TensorArray;
import org.tensorflow.op.core.TensorArrayGather;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * Ops applied to each example of a batch on its own, in a loop inside the graph, for what takes one
 * at a time.
 *
 * <p>The rounds do not wait for each other: TensorFlow runs up to ten of them at once, on as many
 * threads as the session has. There is no gradient through a loop.
 */
public final class Rounds {
  // What the loop carries from round to round.
  private static final int ROUND = 0;
  private static final int COUNT = 1;
  private static final int BATCH = 2;
  private static final int ARRAY = 3;
  private static final int FLOW = 4;

  private Rounds() {}

  /**
   * The results of {@code body} for every example of {@code batch}, one after the other.
   *
   * @param one shape of a result, as far as it is known
   * @param body makes the result of one example, without batch dimension, with ops of the loop's
   *     own graph
   * @return float32 (batch, {@code one})
   */
  public static <T extends TType> Operand<TFloat32> each(
      Ops tf, Operand<T> batch, Shape one, BiFunction<Ops, Operand<T>, Operand<TFloat32>> body) {
    Operand<TInt32> count = tf.squeeze(tf.slice(tf.shape(batch), tf.array(0), tf.array(1)));
    TensorArray results =
        tf.tensorArray(
            count,
            TFloat32.class,
            TensorArray.elementShape(one),
            TensorArray.identicalElementShapes(true));
    Output<?>[] carried = {
      tf.constant(0).asOutput(),
      count.asOutput(),
      batch.asOutput(),
      results.handle(),
      results.flow()
    };
    Output<?>[] after =
        ((Graph) tf.scope().env())
            .whileLoop(
                carried,
                (graph, in, out) ->
                    out[0] =
                        Ops.create(graph)
                            .math
                            .less(in[ROUND].expect(TInt32.class), in[COUNT].expect(TInt32.class))
                            .asOutput(),
                (graph, in, out) -> round(Ops.create(graph), in, out, batch.type(), body),
                tf.scope().makeOpName("each"));
    return tf.tensorArrayGather(
        results.handle(),
        tf.range(tf.constant(0), count, tf.constant(1)),
        after[FLOW].expect(TFloat32.class),
        TFloat32.class,
        TensorArrayGather.elementShape(one));
  }

  private static <T extends TType> void round(
      Ops tf,
      Output<?>[] in,
      Output<?>[] out,
      Class<T> type,
      BiFunction<Ops, Operand<T>, Operand<TFloat32>> body) {
    Operand<TInt32> round = in[ROUND].expect(TInt32.class);
    Operand<T> example = tf.gather(in[BATCH].expect(type), round, tf.constant(0));
    Operand<TFloat32> result = body.apply(tf, example);
    out[ROUND] = tf.math.add(round, tf.constant(1)).asOutput();
    for (int i : new int[] {COUNT, BATCH, ARRAY}) {
      out[i] = tf.identity(in[i]).asOutput();
    }
    out[FLOW] =
        tf.tensorArrayWrite(in[ARRAY], round, result, in[FLOW].expect(TFloat32.class))
            .flowOut()
            .asOutput();
  }
}
