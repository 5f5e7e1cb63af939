package dev.graft.recipe;

import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.runtime.NpyTensors;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * What a network says of a batch: once as it predicts, or many times with its random layers drawing
 * as in training (Gal and Ghahramani, 2016), summed up as mean and spread. Thread-safe.
 */
final class Draws {
  private final Network network;
  private final int samples;
  private final Path path;

  /**
   * Draws from a network.
   *
   * @param samples how many draws, at least 2; or 0 to predict once
   */
  Draws(Network network, int samples) {
    this.network = network;
    this.samples = samples;
    Model model = network.model();
    if (samples == 0) {
      path = network.inference();
      return;
    }
    if (samples < 2) {
      throw new SettingException(
          "--mc-samples: expected at least 2 draws for a spread, came " + samples + ".");
    }
    if (model.layers().stream().noneMatch(entry -> entry.layer().random())) {
      throw new SettingException(
          "--mc-samples: model '"
              + model.name()
              + "' has no random layer such as Dropout, so all draws are the same. Leave it away.");
    }
    path = network.path(Path.Mode.SAMPLING, model.inputs(), model.outputs());
  }

  /**
   * One output for a batch.
   *
   * @param values the output, or the mean of the draws
   * @param spread the standard deviation of the draws (divided by n); null without draws
   * @param shape with the batch first
   */
  record Answer(float[] values, float[] spread, long[] shape) {}

  /**
   * Every output of the model for a batch.
   *
   * @param first the number of the batch's first row, so that no two batches draw the same
   */
  List<Answer> of(List<Tensor> inputs, long first) {
    if (samples == 0) {
      try (Result result = network.run(path, inputs)) {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < path.outputs().size(); i++) {
          Tensor tensor = result.get(i);
          answers.add(new Answer(numbers(tensor), null, tensor.shape().asArray()));
        }
        return answers;
      }
    }
    List<Moments> moments = new ArrayList<>();
    for (int draw = 0; draw < samples; draw++) {
      try (Result result = network.run(path, inputs, first * samples + draw)) {
        for (int i = 0; i < path.outputs().size(); i++) {
          if (draw == 0) {
            moments.add(new Moments(result.get(i).shape().asArray()));
          }
          moments.get(i).add(Tensors.read(result.get(i)));
        }
      }
    }
    return moments.stream().map(Moments::answer).toList();
  }

  /** The values of an output, whatever type of number it has. */
  private float[] numbers(Tensor tensor) {
    if (tensor instanceof TFloat32) {
      return Tensors.read(tensor);
    }
    if (tensor instanceof TString) {
      throw new SettingException(
          "model '"
              + network.model().name()
              + "' gives texts, and predictions are numbers. Export it as a SavedModel, which gives"
              + " texts, or cut it before the layer that looks them up.");
    }
    return NpyTensors.read(tensor).floats();
  }

  /** Running mean and squared distance from it, by Welford's rule. */
  private static final class Moments {
    private final long[] shape;
    private double[] mean;
    private double[] squares;
    private int count;

    Moments(long[] shape) {
      this.shape = shape;
    }

    void add(float[] values) {
      if (count == 0) {
        mean = new double[values.length];
        squares = new double[values.length];
      }
      count++;
      for (int i = 0; i < values.length; i++) {
        double off = values[i] - mean[i];
        mean[i] += off / count;
        squares[i] += off * (values[i] - mean[i]);
      }
    }

    Answer answer() {
      float[] values = new float[mean.length];
      float[] spread = new float[mean.length];
      for (int i = 0; i < mean.length; i++) {
        values[i] = (float) mean[i];
        spread[i] = (float) Math.sqrt(squares[i] / count);
      }
      return new Answer(values, spread, shape);
    }
  }
}
