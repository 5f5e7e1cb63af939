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

/** Pictures that are stored as arrays of one size: a whole batch goes through one graph run. */
final class PictureFeed implements Feed {
  private final Column column;
  private final ArrayFeed raw;
  private final ImageGraph graph;
  private final String how;

  PictureFeed(Column column, Preprocessing image, Settings settings) {
    int[] shape = column.shape();
    if (shape.length != 3 || (shape[2] != 1 && shape[2] != 3 && shape[2] != 4)) {
      throw new SettingException(
          "data.image: needs pictures of (height, width, 1, 3 or 4 channels), the examples are "
              + Arrays.toString(shape)
              + ". Remove 'image'.");
    }
    this.column = column;
    this.raw = new ArrayFeed(column);
    this.graph = ImageGraph.ofArrays(image, column, settings);
    this.how = Json.compact(image.config());
  }

  @Override
  public Spec spec() {
    return new Spec(Shape.of(graph.shape()), DType.FLOAT32);
  }

  @Override
  public Tensor batch(int[] rows) {
    try (Tensor stored = stored(rows)) {
      return graph.run(stored);
    }
  }

  private Tensor stored(int[] rows) {
    if (column instanceof Column.Bytes bytes) {
      int width = Column.product(bytes.shape());
      byte[] values = new byte[Math.multiplyExact(rows.length, width)];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(bytes.values(), rows[i] * width, values, i * width, width);
      }
      return Tensors.bytes(values, ArrayFeed.dimensions(rows.length, bytes.shape()));
    }
    return raw.batch(rows);
  }

  @Override
  public String identity(int row) {
    return raw.identity(row) + " " + how;
  }

  @Override
  public void close() {
    graph.close();
  }
}
