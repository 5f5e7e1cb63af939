package dev.graft.export;

import dev.graft.data.Images;
import dev.graft.data.Preprocessing;
import dev.graft.network.Rounds;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TString;

/**
 * A batch of encoded pictures made a model's input inside a graph. Files have any size, so each is
 * decoded and resized on its own.
 */
final class PictureLoop {
  private PictureLoop() {}

  /**
   * Decodes and prepares every file.
   *
   * @param files string (batch): JPEG or PNG
   * @return float32 (batch, height, width, channels), or the files themselves for a model that
   *     decodes them
   */
  static Operand<?> prepare(Ops tf, Operand<TString> files, Preprocessing how) {
    if (how.decode() == Preprocessing.Decode.NONE) {
      return tf.identity(files);
    }
    int[] size = how.size();
    Shape one =
        Shape.of(size == null ? -1 : size[0], size == null ? -1 : size[1], how.color().channels());
    return Rounds.each(tf, files, one, (loop, file) -> Images.prepare(loop, file, how));
  }
}
