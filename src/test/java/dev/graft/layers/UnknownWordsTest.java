package dev.graft.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.runtime.NpyTensors;
import dev.graft.runtime.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/** Lookup layers without a place for what they do not know say so when it comes. */
class UnknownWordsTest {
  private static final String WORDS =
      """
      {"vocabulary": ["cat", "dog"], "num_oov_indices": 0, "mask_token": ""}
      """;
  private static final String NUMBERS =
      """
      {"vocabulary": [7, 2, 5], "num_oov_indices": 0, "mask_token": -3}
      """;

  private static double[] places(String className, String settings, String... given) {
    Layer layer = Layers.standard().read(className, Config.parse(settings, "layer"));
    boolean texts = className.equals("StringLookup");
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TString> words = tf.reshape(tf.array(given), tf.constant(new int[] {-1, 1}));
      Operand<?> x = texts ? words : tf.strings.toNumber(words, TInt32.class);
      Spec in = Spec.floats(-1, 1).as(texts ? DType.STRING : DType.INT32);
      GraphCall call =
          new GraphCall(
              tf,
              List.of(Value.of(x)),
              List.of(in),
              Map.of(),
              "",
              false,
              true,
              GraphCall.State.of(Map.of()));
      Operand<?> out = layer.call(call).get(0).tensor();
      try (Session session = Settings.standard().open(graph, Settings.Kind.TRAINING);
          Result result = session.runner().fetch(out).run()) {
        return NpyTensors.read(result.get(0)).doubles();
      }
    }
  }

  @Test
  void whatIsKnownAndPaddingHavePlaces() {
    assertThat(places("StringLookup", WORDS, "dog", "", "cat")).containsExactly(2, 0, 1);
    assertThat(places("IntegerLookup", NUMBERS, "5", "-3", "7", "2")).containsExactly(3, 0, 1, 2);
  }

  @Test
  void theUnknownIsAnError() {
    assertThatThrownBy(() -> places("StringLookup", WORDS, "dog", "cow"))
        .hasMessageContaining(
            "StringLookup: a word is not in the vocabulary, and num_oov_indices=0 leaves no place"
                + " for it.")
        .hasMessageContaining("cow");
    assertThatThrownBy(() -> places("IntegerLookup", NUMBERS, "7", "8"))
        .hasMessageContaining(
            "IntegerLookup: a number is not in the vocabulary, and num_oov_indices=0 leaves no"
                + " place for it.")
        .hasMessageContaining("8");
  }

  @Test
  void withoutAMaskPaddingIsUnknownToo() {
    String words = WORDS.replace("\"\"", "null");
    assertThat(places("StringLookup", words, "dog", "cat")).containsExactly(1, 0);
    assertThatThrownBy(() -> places("StringLookup", words, "dog", ""))
        .hasMessageContaining("a word is not in the vocabulary");
    String numbers = NUMBERS.replace("-3", "null");
    assertThat(places("IntegerLookup", numbers, "5", "7")).containsExactly(2, 0);
    assertThatThrownBy(() -> places("IntegerLookup", numbers, "5", "-3"))
        .hasMessageContaining("a number is not in the vocabulary");
  }

  @Test
  void unknownNumbersGoByTheirRemainder() {
    String numbers = NUMBERS.replace("\"num_oov_indices\": 0", "\"num_oov_indices\": 3");
    assertThat(places("IntegerLookup", numbers, "8", "9", "-1", "5", "-3"))
        .containsExactly(1 + 2, 1, 1 + 2, 6, 0);
  }
}
