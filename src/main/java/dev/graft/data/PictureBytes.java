package dev.graft.data;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.layers.DType;
import dev.graft.layers.Spec;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;

/**
 * Image files that are held in memory, made into a model's input as files on a disk are. Each is
 * prepared on its own, in the thread that asks, so a bad one costs only itself. Thread-safe.
 */
public final class PictureBytes implements AutoCloseable {
  private final boolean decodes;
  private final ImageGraph graph;

  /**
   * Opens the graph that prepares.
   *
   * @param how with a size, unless the model decodes image files itself
   */
  public PictureBytes(Preprocessing how) {
    decodes = how.decode() != Preprocessing.Decode.NONE;
    if (decodes && how.size() == null) {
      throw new SettingException(
          "image: pictures go through the model together, so they need one size. Choose it with"
              + " --size.");
    }
    graph = decodes ? ImageGraph.ofFiles(how, null) : ImageGraph.ofCheck(how);
  }

  /** Shape and type of a batch; its size is -1. */
  public Spec spec() {
    if (!decodes) {
      return new Spec(Shape.of(-1), DType.STRING);
    }
    long[] one = graph.shape();
    return new Spec(Shape.of(-1, one[0], one[1], one[2]), DType.FLOAT32);
  }

  /**
   * One picture as the model wants it; the caller closes it.
   *
   * @param name what to call it in errors
   * @throws DataException naming it and the reason it cannot be used
   */
  public Tensor prepared(String name, byte[] file) {
    byte[] checked = PictureFile.checked(name, file);
    Tensor came = PictureFile.decoded(graph, name, checked, null);
    if (decodes) {
      return came;
    }
    came.close();
    return Tensors.string(checked);
  }

  /**
   * Prepared pictures as one batch; the caller closes it.
   *
   * @param pictures at least one
   * @param size how many rows it gets: those too many repeat the last picture
   */
  public Tensor batch(List<Tensor> pictures, int size) {
    if (!decodes) {
      List<byte[]> files = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        Tensor picture = pictures.get(Math.min(i, pictures.size() - 1));
        files.add(((org.tensorflow.types.TString) picture).asBytes().getObject());
      }
      return Tensors.strings(files, size);
    }
    long[] one = graph.shape();
    Tensor batch = Tensors.room(size, one[0], one[1], one[2]);
    for (int i = 0; i < size; i++) {
      Tensor picture = pictures.get(Math.min(i, pictures.size() - 1));
      Tensors.copy(picture, batch, i * picture.size());
    }
    return batch;
  }

  @Override
  public void close() {
    graph.close();
  }
}
