package dev.graft.export;

import dev.graft.data.Images;
import dev.graft.data.Preprocessing;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.TensorArray;
import org.tensorflow.op.core.TensorArrayGather;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/**
 * A batch of encoded pictures made a model's input inside a graph.
 *
 * <p>Files have any size, so each is decoded and resized on its own, in a loop. The rounds do not
 * wait for each other: TensorFlow runs up to ten of them at once, on as many threads as the session
 * has.
 */
final class PictureLoop {
  // What the loop carries from round to round.
  private static final int ROUND = 0;
  private static final int COUNT = 1;
  private static final int FILES = 2;
  private static final int ARRAY = 3;
  private static final int FLOW = 4;

  private PictureLoop() {}

  /**
   * Decodes and prepares every file.
   *
   * @param files string (batch): JPEG or PNG
   * @return float32 (batch, height, width, channels)
   */
  static Operand<TFloat32> prepare(Ops tf, Operand<TString> files, Preprocessing how) {
    int[] size = how.size();
    Shape one =
        Shape.of(size == null ? -1 : size[0], size == null ? -1 : size[1], how.color().channels());
    Operand<TInt32> count = tf.squeeze(tf.shape(files));
    TensorArray pictures =
        tf.tensorArray(
            count,
            TFloat32.class,
            TensorArray.elementShape(one),
            TensorArray.identicalElementShapes(true));
    Output<?>[] carried = {
      tf.constant(0).asOutput(),
      count.asOutput(),
      files.asOutput(),
      pictures.handle(),
      pictures.flow()
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
                (graph, in, out) -> round(Ops.create(graph), in, out, how),
                "decode");
    return tf.tensorArrayGather(
        pictures.handle(),
        tf.range(tf.constant(0), count, tf.constant(1)),
        after[FLOW].expect(TFloat32.class),
        TFloat32.class,
        TensorArrayGather.elementShape(one));
  }

  private static void round(Ops tf, Output<?>[] in, Output<?>[] out, Preprocessing how) {
    Operand<TInt32> round = in[ROUND].expect(TInt32.class);
    Operand<TString> file = tf.gather(in[FILES].expect(TString.class), round, tf.constant(0));
    Operand<TFloat32> picture = Images.prepare(tf, file, how);
    out[ROUND] = tf.math.add(round, tf.constant(1)).asOutput();
    for (int i : new int[] {COUNT, FILES, ARRAY}) {
      out[i] = tf.identity(in[i]).asOutput();
    }
    out[FLOW] =
        tf.tensorArrayWrite(in[ARRAY], round, picture, in[FLOW].expect(TFloat32.class))
            .flowOut()
            .asOutput();
  }
}
