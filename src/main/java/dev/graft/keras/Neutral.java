package dev.graft.keras;

import dev.graft.error.UnsupportedException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Settings that Keras writes and that mean nothing to Graft: always, or as long as they have the
 * value that switches them off. Anything else that no layer reads is refused further on.
 */
final class Neutral {
  /** Said of every layer: who it is, its types and its input, which are read elsewhere. */
  private static final Set<String> EVERYWHERE =
      Set.of(
          "name",
          "trainable",
          "dtype",
          "batch_input_shape",
          "batch_shape",
          "input_shape",
          "input_dtype",
          "batch_size",
          "autocast",
          "build_config",
          "shared_object_id");

  /** Settings whose null is not Keras's default. */
  private static final Set<String> NULL_SAYS = Set.of("axis", "merge_mode", "standardize", "split");

  private static final Map<String, Set<String>> ALWAYS = new HashMap<>();
  private static final Map<String, Map<String, Object>> OFF = new HashMap<>();

  static {
    always("input_dim", "Dense", "Conv1D", "LSTM", "GRU", "SimpleRNN", "ConvLSTM2D");
    always("input_length", "Conv1D", "Embedding", "LSTM", "GRU", "SimpleRNN", "Dense");
    always("implementation", "LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D");
    always("implementation", "LSTMCell", "GRUCell", "RNN", "Bidirectional");
    always("consume_less", "LSTM", "GRU", "SimpleRNN", "ConvLSTM2D");
    always("unroll", "LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D");
    always("fused", "BatchNormalization");
    always("synchronized", "BatchNormalization");
    always("renorm_momentum", "BatchNormalization");
    always("flash_attention", "MultiHeadAttention", "GroupQueryAttention");
    off("renorm", false, "BatchNormalization");
    off("time_major", false, "LSTM", "GRU", "SimpleRNN", "RNN");
    off("dropout", 0, "Embedding");
    off("sparse", false, "Embedding");
    off("causal", false, "Attention", "AdditiveAttention");
  }

  private Neutral() {}

  private static void always(String key, String... classNames) {
    for (String className : classNames) {
      ALWAYS.computeIfAbsent(className, k -> new HashSet<>()).add(key);
    }
  }

  private static void off(String key, Object value, String... classNames) {
    for (String className : classNames) {
      OFF.computeIfAbsent(className, k -> new HashMap<>()).put(key, value);
    }
  }

  /** Takes out of {@code config} what means nothing, and what is null, which is Keras's default. */
  static void drop(String className, Map<String, Object> config, String where) {
    config.keySet().removeAll(EVERYWHERE);
    config.keySet().removeAll(ALWAYS.getOrDefault(className, Set.of()));
    config.entrySet().removeIf(e -> e.getValue() == null && !NULL_SAYS.contains(e.getKey()));
    OFF.getOrDefault(className, Map.of())
        .forEach(
            (key, neutral) -> {
              Object value = config.remove(key);
              if (value != null && !same(value, neutral)) {
                throw new UnsupportedException(
                    where
                        + ": '"
                        + key
                        + "' is "
                        + value
                        + ", which Graft does not support; only "
                        + neutral
                        + ".");
              }
            });
  }

  private static boolean same(Object value, Object neutral) {
    if (value instanceof Number a && neutral instanceof Number b) {
      return a.doubleValue() == b.doubleValue();
    }
    return value.equals(neutral);
  }
}
