package dev.graft.recipe;

import dev.graft.error.SettingException;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/**
 * Monte-Carlo dropout (Gal and Ghahramani, 2016): the network asked many times with its dropout at
 * work, which says how sure it is.
 *
 * @param number how many times
 */
record Samples(Network network, int number) {
  /** Refuses a network in which nothing is random. */
  Samples {
    if (number < 2) {
      throw new SettingException("samples: expected at least 2, came " + number + ".");
    }
    if (network.model().layers().stream().noneMatch(entry -> entry.layer().random())) {
      throw new SettingException(
          "no layer of this model draws at random in training, so that all samples would be the"
              + " same. Take a model with Dropout, or leave the samples out.");
    }
  }

  /**
   * One output over all samples.
   *
   * @param shape of a single one
   * @param mean in row-major order
   * @param spread the standard deviation, in the same order; null when asked for once
   */
  record Moments(long[] shape, float[] mean, float[] spread) {
    /** An output that was asked for once. */
    static Moments once(Tensor output) {
      return new Moments(output.shape().asArray(), Tensors.read(output), null);
    }

    /** Row {@code index} of {@code rows}. */
    Moments row(int index, int rows) {
      return new Moments(shape, part(mean, index, rows), part(spread, index, rows));
    }

    private static float[] part(float[] all, int index, int rows) {
      if (all == null) {
        return null;
      }
      int width = all.length / rows;
      return Arrays.copyOfRange(all, index * width, (index + 1) * width);
    }
  }

  /** The outputs for {@code inputs}, in order. */
  List<Moments> of(List<Tensor> inputs) {
    Path path =
        network.path(Path.Mode.SAMPLING, network.model().inputs(), network.model().outputs());
    List<long[]> shapes = new ArrayList<>();
    List<double[]> sums = new ArrayList<>();
    List<double[]> squares = new ArrayList<>();
    for (int sample = 0; sample < number; sample++) {
      try (Result result = network.run(path, inputs, sample)) {
        for (int i = 0; i < result.size(); i++) {
          float[] values = Tensors.read(result.get(i));
          if (sample == 0) {
            shapes.add(result.get(i).shape().asArray());
            sums.add(new double[values.length]);
            squares.add(new double[values.length]);
          }
          add(values, sums.get(i), squares.get(i));
        }
      }
    }
    List<Moments> all = new ArrayList<>();
    for (int i = 0; i < sums.size(); i++) {
      all.add(moments(shapes.get(i), sums.get(i), squares.get(i)));
    }
    return all;
  }

  private static void add(float[] values, double[] sum, double[] square) {
    for (int k = 0; k < values.length; k++) {
      sum[k] += values[k];
      square[k] += (double) values[k] * values[k];
    }
  }

  private Moments moments(long[] shape, double[] sum, double[] square) {
    float[] mean = new float[sum.length];
    float[] spread = new float[sum.length];
    for (int k = 0; k < sum.length; k++) {
      double average = sum[k] / number;
      mean[k] = (float) average;
      spread[k] = (float) Math.sqrt(Math.max(0, square[k] / number - average * average));
    }
    return new Moments(shape, mean, spread);
  }
}
