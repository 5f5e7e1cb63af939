package dev.graft.recipe;

import dev.graft.data.PictureBytes;
import dev.graft.data.Preprocessing;
import dev.graft.error.SettingException;
import dev.graft.export.Note;
import dev.graft.layers.DType;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.runtime.Tensors;
import dev.graft.train.FeatureRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/**
 * What a model's first output is for image files that are held in memory, for work that is shared
 * out by others. An image that cannot be read costs its own row only.
 *
 * <p>A row has the same bits whatever other images it is computed with, and {@code graft features}
 * gives the same: the network always runs over as many examples as it does there, the last ones
 * repeated where there are fewer. Thread-safe; closes its network when closed.
 */
public final class PhotoRows implements AutoCloseable {
  private final Network network;
  private final Predictor predictor;
  private final Path path;
  private final Spec output;
  private final PictureBytes pictures;
  private final int batch;
  private final boolean filled;

  /**
   * What became of one image.
   *
   * @param values all values of the output, in row-major order; null when the image is bad
   * @param error a sentence that names the image and what is wrong with it; else null
   */
  public record Outcome(float[] values, String error) {}

  /**
   * Opens {@code model}.
   *
   * @throws SettingException when it takes no pictures, or its rows have no fixed size
   */
  static PhotoRows of(LoadedModel model, Surroundings around) {
    Network network = model.network(around);
    try {
      return new PhotoRows(network, model.note(), around);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** Over a network that holds its weights. */
  PhotoRows(Network network, Note note, Surroundings around) {
    this.network = network;
    predictor = new Predictor(network, note, around);
    output = RowWork.sized(network);
    Ref first = network.model().outputs().get(0);
    path = network.path(Path.Mode.INFERENCE, network.model().inputs(), List.of(first));
    pictures = new PictureBytes(image(network, note));
    batch = FeatureRun.size(List.of(pictures.spec()));
    filled = pictures.spec().dtype() != DType.STRING;
  }

  private static Preprocessing image(Network network, Note note) {
    int inputs = network.model().inputs().size();
    if (inputs != 1 || note.image() == null) {
      throw new SettingException(
          "model '"
              + network.model().name()
              + "': expected one input, and to be told how it wants its pictures; it has "
              + inputs
              + ". Add --preprocess with an application's name or none, or --rescale.");
    }
    return note.image();
  }

  /** How many images go through the network at a time. */
  public int batch() {
    return batch;
  }

  /**
   * The rows of image files, in order.
   *
   * @param names what to call them in errors
   * @param files JPEG, PNG, GIF, BMP, TIFF or PPM; null counts as a bad image
   */
  public List<Outcome> of(List<String> names, List<byte[]> files) {
    List<Outcome> all = new ArrayList<>();
    for (int from = 0; from < files.size(); from += batch) {
      int to = Math.min(files.size(), from + batch);
      all.addAll(together(names.subList(from, to), files.subList(from, to)));
    }
    return all;
  }

  private List<Outcome> together(List<String> names, List<byte[]> files) {
    Outcome[] outcomes = new Outcome[files.size()];
    List<Tensor> good = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    try {
      for (int i = 0; i < outcomes.length; i++) {
        try {
          good.add(prepared(names.get(i), files.get(i)));
          places.add(i);
        } catch (RuntimeException e) {
          // Whatever a strange file makes a decoder throw, the other images are fine.
          outcomes[i] = new Outcome(null, said(names.get(i), e));
        }
      }
      if (!good.isEmpty()) {
        float[][] rows = rows(good);
        for (int i = 0; i < rows.length; i++) {
          outcomes[places.get(i)] = new Outcome(rows[i], null);
        }
      }
    } finally {
      good.forEach(Tensor::close);
    }
    return Arrays.asList(outcomes);
  }

  private Tensor prepared(String name, byte[] file) {
    if (file == null) {
      throw new dev.graft.error.DataException(
          name + ": there are no bytes (null). Replace the file or remove it.");
    }
    return pictures.prepared(name, file);
  }

  private static String said(String name, RuntimeException e) {
    return e instanceof dev.graft.error.GraftException
        ? e.getMessage()
        : name + ": the image cannot be decoded (" + e + ").";
  }

  private float[][] rows(List<Tensor> good) {
    int size = filled ? batch : good.size();
    try (Tensor input = pictures.batch(good, size);
        Result result = network.run(path, List.of(input))) {
      float[] values = Tensors.read(result.get(0));
      int width = values.length / size;
      float[][] rows = new float[good.size()][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
      }
      return rows;
    }
  }

  /** The classes that a row of a classifier's output speaks for, surest first. */
  public List<Predictor.Guess> guesses(float[] row) {
    return predictor.guesses(row, null, output);
  }

  @Override
  public void close() {
    pictures.close();
    network.close();
  }
}
