package dev.graft.data;

import dev.graft.error.SettingException;
import dev.graft.files.Sha256;
import dev.graft.layers.DType;
import dev.graft.layers.Spec;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TString;

/** Image files as they are, for a model that decodes them itself. */
final class BytesFeed implements Feed {
  private final List<Path> files;

  BytesFeed(Column column, Preparation preparation) {
    if (!(column instanceof Column.Pictures pictures)) {
      throw new SettingException(
          "data: this model decodes image files itself, the examples are arrays. Give it files.");
    }
    if (preparation.augmentation() != null) {
      throw new SettingException(
          "data.augment: this model decodes image files itself, so they cannot be changed before."
              + " Remove 'augment'.");
    }
    files = pictures.files();
  }

  @Override
  public Spec spec() {
    return new Spec(Shape.of(-1), DType.STRING);
  }

  @Override
  public Tensor batch(int[] rows, long draw) {
    byte[][] contents = new byte[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      contents[i] = PictureFile.read(files.get(rows[i]));
    }
    return TString.tensorOfBytes(Shape.of(rows.length), DataBuffers.ofObjects(contents));
  }

  @Override
  public String identity(int row) {
    return Sha256.of(files.get(row)) + " bytes";
  }

  @Override
  public void close() {}
}
