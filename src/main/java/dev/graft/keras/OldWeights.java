package dev.graft.keras;

import dev.graft.layers.Layer;
import dev.graft.layers.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.Shape;

/**
 * Turns the tensors of a layer as older Kerases stored them into the form of Keras 2 and 3.
 *
 * <p>Source: tf_keras 2.18 {@code saving/legacy/hdf5_format.py preprocess_weights_for_loading};
 * Keras 2.1.3 {@code engine/topology.py} for kernels trained on Theano, which convolves where
 * TensorFlow correlates.
 */
final class OldWeights {
  private static final Set<String> CONVOLUTIONS =
      Set.of("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "Conv3DTranspose", "ConvLSTM2D");

  /** Keras 1 kept a kernel for each gate: {@code lstm_1_W_i}, {@code lstm_1_U_f:0}. */
  private static final Pattern GATE =
      Pattern.compile("(.*)_(W|U|b)_([icfozrh])(?:_\\d+)?(?::\\d+)?");

  /** Keras 2's order of gates in one kernel. */
  private static final List<String> LSTM = List.of("i", "f", "c", "o");

  private static final List<String> GRU = List.of("z", "r", "h");

  private OldWeights() {}

  /**
   * The layer's tensors as Keras 2 and 3 would have stored them.
   *
   * @param turned true when the file's kernels have their channels first
   */
  static StoredLayer convert(
      Layer layer,
      List<Model.Variable> variables,
      StoredLayer stored,
      Writer writer,
      boolean turned) {
    String className = layer.className();
    List<StoredTensor> tensors = gates(stored.tensors());
    if (CONVOLUTIONS.contains(className)) {
      boolean first =
          turned
              || (writer.generation() <= 1
                  && "channels_first".equals(layer.config().get("data_format")));
      int kernels = className.equals("ConvLSTM2D") ? 2 : 1;
      tensors = new ArrayList<>(tensors);
      for (int i = 0; i < kernels && i < variables.size() && i < tensors.size(); i++) {
        Shape expected = variables.get(i).slot().shape();
        tensors.set(i, kernel(className, tensors.get(i), expected, writer, first));
      }
    }
    return stored.with(recurrentFromCudnn(className, variables, tensors));
  }

  /** True when this layer's kernel fits only with its channels turned from first to last. */
  static boolean turned(Layer layer, List<Model.Variable> variables, StoredLayer stored) {
    if (!CONVOLUTIONS.contains(layer.className())
        || variables.isEmpty()
        || stored.tensors().isEmpty()) {
      return false;
    }
    Shape expected = variables.get(0).slot().shape();
    StoredTensor kernel = stored.tensors().get(0);
    return !kernel.shape().equals(expected)
        && kernel.shape().numDimensions() == expected.numDimensions()
        && channelsLast(layer.className(), kernel).shape().equals(expected);
  }

  private static StoredTensor kernel(
      String className, StoredTensor tensor, Shape expected, Writer writer, boolean first) {
    StoredTensor kernel = tensor;
    if (writer.generation() <= 1 && className.equals("Conv1D")) {
      kernel = flat(kernel, expected);
    }
    int rank = kernel.shape().numDimensions();
    if (rank != expected.numDimensions() || rank < 3) {
      return tensor;
    }
    if (first && !className.equals("Conv1D")) {
      kernel = channelsLast(className, kernel);
    } else if (className.equals("Conv2DTranspose")
        && writer.generation() <= 1
        && !kernel.shape().equals(expected)) {
      // Keras 1 ended the kernel of a transposed convolution in (channels, filters).
      kernel = kernel.transposed(0, 1, 3, 2);
    }
    return writer.theano() ? kernel.flipped(rank - 2) : kernel;
  }

  /** Keras 1's kernel of a Conv1D is that of a Conv2D one column wide. */
  private static StoredTensor flat(StoredTensor kernel, Shape expected) {
    long[] sizes = kernel.shape().asArray();
    if (sizes.length != 4 || expected.numDimensions() != 3) {
      return kernel;
    }
    boolean last = sizes[1] == 1 && sizes[0] == expected.get(0) && sizes[3] == expected.get(2);
    StoredTensor ordered = last ? kernel : kernel.transposed(2, 3, 1, 0);
    long[] square = ordered.shape().asArray();
    return ordered.reshaped(square[0], square[2], square[3]);
  }

  /** (filters, channels, …) to (…, channels, filters). */
  private static StoredTensor channelsLast(String className, StoredTensor kernel) {
    int rank = kernel.shape().numDimensions();
    int[] order = new int[rank];
    for (int i = 0; i < rank - 2; i++) {
      order[i] = i + 2;
    }
    // A transposed convolution's kernel ends in (filters, channels).
    boolean transpose = className.endsWith("Transpose");
    order[rank - 2] = transpose ? 0 : 1;
    order[rank - 1] = transpose ? 1 : 0;
    return kernel.transposed(order);
  }

  /** Joins Keras 1's kernels of single gates. */
  private static List<StoredTensor> gates(List<StoredTensor> tensors) {
    Map<String, Map<String, StoredTensor>> groups = new LinkedHashMap<>();
    for (StoredTensor tensor : tensors) {
      Matcher matcher = GATE.matcher(tensor.name());
      if (!matcher.matches()) {
        return tensors;
      }
      groups
          .computeIfAbsent(matcher.group(1) + "_" + matcher.group(2), k -> new LinkedHashMap<>())
          .put(matcher.group(3), tensor);
    }
    List<StoredTensor> joined = new ArrayList<>();
    for (Map.Entry<String, Map<String, StoredTensor>> group : groups.entrySet()) {
      Map<String, StoredTensor> gates = group.getValue();
      List<String> order = gates.containsKey("i") ? LSTM : GRU;
      if (!gates.keySet().equals(Set.copyOf(order))) {
        return tensors;
      }
      joined.add(StoredTensor.joined(group.getKey(), order.stream().map(gates::get).toList()));
    }
    return joined;
  }

  /** The kernels of CuDNNLSTM and CuDNNGRU lie another way round, gate by gate. */
  private static List<StoredTensor> recurrentFromCudnn(
      String className, List<Model.Variable> variables, List<StoredTensor> tensors) {
    boolean lstm = className.equals("LSTM");
    if ((!lstm && !className.equals("GRU")) || tensors.size() != 3 || variables.size() != 3) {
      return tensors;
    }
    Shape bias = tensors.get(2).shape();
    Shape expected = variables.get(2).slot().shape();
    if (bias.numDimensions() != 1
        || bias.equals(expected)
        || bias.size() != (lstm ? 2 : 1) * expected.size()) {
      return tensors;
    }
    int gates = lstm ? 4 : 3;
    return List.of(
        Cudnn.inputKernel(tensors.get(0), gates),
        Cudnn.recurrentKernel(tensors.get(1), gates),
        lstm ? Cudnn.sumOfHalves(tensors.get(2)) : tensors.get(2).reshaped(expected.asArray()));
  }
}
