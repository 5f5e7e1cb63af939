package dev.graft.data;

import dev.graft.layers.Spec;
import dev.graft.runtime.Settings;
import org.tensorflow.Tensor;

/** Makes the tensors of one column. Thread-safe. */
interface Feed extends AutoCloseable {
  /** Shape and type of a batch; its size is -1. */
  Spec spec();

  /**
   * The stored rows {@code rows} as one tensor; the caller closes it.
   *
   * @param draw seeds random changes; -1 for none
   */
  Tensor batch(int[] rows, long draw);

  /** What identifies the values of a stored row, and how they are prepared, across runs. */
  String identity(int row);

  @Override
  void close();

  /** The feed of a column. */
  static Feed of(Column column, Preparation how, Settings settings) {
    if (how.image() != null && how.image().decode() == Preprocessing.Decode.NONE) {
      return new BytesFeed(column, how);
    }
    if (column instanceof Column.Pictures pictures) {
      return new FileFeed(pictures, how, settings);
    }
    if (column instanceof Column.Texts texts) {
      return new TextFeed(texts);
    }
    if (column instanceof Column.Cells cells) {
      return new ArrayFeed(cells.table().numbers());
    }
    return how.image() == null ? new ArrayFeed(column) : new PictureFeed(column, how, settings);
  }
}
