package dev.graft.data;

import dev.graft.config.Json;
import dev.graft.error.SettingException;
import dev.graft.layers.DType;
import dev.graft.layers.Spec;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.Arrays;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;

/**
 * Pictures that are stored as arrays of one size: a whole batch goes through one graph run, or,
 * when they are changed at random, each goes on its own.
 */
final class PictureFeed implements Feed {
  private final Column column;
  private final ArrayFeed raw;
  private final Augmentation changes;
  private final ImageGraph batches;
  private final ImageGraph singles;
  private final Assembler assembler;
  private final String how;

  PictureFeed(Column column, Preparation preparation, Settings settings) {
    int[] shape = column.shape();
    if (shape.length != 3 || (shape[2] != 1 && shape[2] != 3 && shape[2] != 4)) {
      throw new SettingException(
          "data.image: needs pictures of (height, width, 1, 3 or 4 channels), the examples are "
              + Arrays.toString(shape)
              + ". Remove 'image'.");
    }
    this.column = column;
    raw = new ArrayFeed(column);
    changes = preparation.changes();
    how = Json.compact(preparation.image().config());
    batches = ImageGraph.ofBatches(preparation.image(), column, settings);
    singles = changes == null ? null : ImageGraph.ofPictures(preparation.image(), column, changes);
    assembler = changes == null ? null : new Assembler(settings.threads(), row -> "row " + row);
  }

  @Override
  public Spec spec() {
    return new Spec(Shape.of(batches.shape()), DType.FLOAT32);
  }

  @Override
  public Tensor batch(int[] rows, long draw) {
    if (changes == null || draw < 0) {
      try (Tensor stored = stored(rows, ArrayFeed.dimensions(rows.length, column.shape()))) {
        return batches.run(stored, null);
      }
    }
    return assembler.batch(rows, singles.shape(), 1, row -> picture(row[0], draw));
  }

  private Tensor picture(int row, long draw) {
    long[] size = singles.shape();
    Change change = changes.change(draw, row, (int) size[0], (int) size[1]);
    int[] shape = column.shape();
    try (Tensor stored = stored(new int[] {row}, shape[0], shape[1], shape[2])) {
      return singles.run(stored, change);
    }
  }

  private Tensor stored(int[] rows, long... dimensions) {
    if (column instanceof Column.Bytes bytes) {
      int width = Column.product(bytes.shape());
      byte[] values = new byte[Math.multiplyExact(rows.length, width)];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(bytes.values(), rows[i] * width, values, i * width, width);
      }
      return Tensors.bytes(values, dimensions);
    }
    return Tensors.floats(raw.floats(rows), dimensions);
  }

  @Override
  public String identity(int row) {
    return raw.identity(row) + " " + how;
  }

  @Override
  public void close() {
    if (assembler != null) {
      assembler.close();
      singles.close();
    }
    batches.close();
  }
}
