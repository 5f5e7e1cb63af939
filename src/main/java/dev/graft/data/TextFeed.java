package dev.graft.data;

import dev.graft.layers.DType;
import dev.graft.layers.Spec;
import dev.graft.runtime.Tensors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;

/** Stored texts as they are, for a network that takes them apart itself. */
final class TextFeed implements Feed {
  private final Column.Texts column;
  private final int width;

  TextFeed(Column.Texts column) {
    this.column = column;
    this.width = Column.product(column.shape());
  }

  @Override
  public Spec spec() {
    return new Spec(Shape.of(ArrayFeed.dimensions(-1, column.shape())), DType.STRING);
  }

  @Override
  public Tensor batch(int[] rows, long draw) {
    List<byte[]> texts = new ArrayList<>();
    for (int row : rows) {
      texts.addAll(column.values().subList(row * width, (row + 1) * width));
    }
    return Tensors.strings(texts, ArrayFeed.dimensions(rows.length, column.shape()));
  }

  @Override
  public String identity(int row) {
    List<byte[]> texts = column.values().subList(row * width, (row + 1) * width);
    int length = texts.stream().mapToInt(text -> Integer.BYTES + text.length).sum();
    ByteBuffer bytes = ByteBuffer.allocate(length);
    texts.forEach(text -> bytes.putInt(text.length).put(text));
    return ArrayFeed.sha256(bytes.array());
  }

  @Override
  public void close() {}
}
