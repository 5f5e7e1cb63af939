package dev.graft.keras;

import org.tensorflow.ndarray.Shape;

/**
 * Weights of CuDNNLSTM and CuDNNGRU in the form of LSTM and GRU. Source: tf_keras 2.18 {@code
 * saving/legacy/hdf5_format.py _convert_rnn_weights}.
 */
final class Cudnn {
  private Cudnn() {}

  /** (inputs, gates · units): each gate's kernel, transposed, read in Fortran order. */
  static StoredTensor inputKernel(StoredTensor tensor, int gates) {
    return mapped(
        tensor,
        values -> {
          int rows = Math.toIntExact(tensor.shape().get(0));
          int width = Math.toIntExact(tensor.shape().get(1));
          int units = width / gates;
          float[] result = new float[values.length];
          for (int row = 0; row < rows; row++) {
            for (int column = 0; column < width; column++) {
              int unit = column % units;
              // kernel.T.reshape(kernel.shape, order="F"): element (row, unit) of the result is
              // number row + unit · rows in the Fortran order of the transpose.
              int number = row + unit * rows;
              int from = (number / units) * width + (column - unit) + number % units;
              result[row * width + column] = values[from];
            }
          }
          return result;
        });
  }

  /** (units, gates · units): each gate's kernel transposed. */
  static StoredTensor recurrentKernel(StoredTensor tensor, int gates) {
    return mapped(
        tensor,
        values -> {
          int units = Math.toIntExact(tensor.shape().get(0));
          int width = units * gates;
          float[] result = new float[values.length];
          for (int row = 0; row < units; row++) {
            for (int column = 0; column < width; column++) {
              int unit = column % units;
              result[row * width + column] = values[unit * width + (column - unit) + row];
            }
          }
          return result;
        });
  }

  /** The biases of inputs and of states, which cuDNN keeps apart, added. */
  static StoredTensor sumOfHalves(StoredTensor tensor) {
    int half = Math.toIntExact(tensor.shape().get(0) / 2);
    return new StoredTensor(
        tensor.name(),
        Shape.of(half),
        tensor.dtype(),
        tensor.filters(),
        () -> {
          float[] values = tensor.values();
          float[] sum = new float[half];
          for (int i = 0; i < half; i++) {
            sum[i] = values[i] + values[half + i];
          }
          return sum;
        });
  }

  private static StoredTensor mapped(
      StoredTensor tensor, java.util.function.UnaryOperator<float[]> change) {
    return new StoredTensor(
        tensor.name(),
        tensor.shape(),
        tensor.dtype(),
        tensor.filters(),
        () -> change.apply(tensor.values()));
  }
}
