package dev.graft.recipe;

import dev.graft.data.Data;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.model.Summary;
import dev.graft.progress.Progress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a stage says of its examples, its time and its test, in the words Keras's examples use. */
final class Journal {
  private final Data data;
  private final Progress progress;

  Journal(Data data, Progress progress) {
    this.data = data;
    this.progress = progress;
  }

  /** How much of the network is trained. */
  void model(String stage, Model model) {
    Summary summary = Summary.of(model);
    say(
        String.format(
            Locale.ROOT,
            "stage '%s': %,d of %,d parameters trained",
            stage,
            summary.trainable(),
            summary.total()));
  }

  /** How many examples there are, and their shape. */
  void samples() {
    Spec spec = data.train().inputs().get(0).spec();
    String shape =
        Arrays.stream(spec.shape().asArray())
            .skip(1)
            .mapToObj(size -> size < 0 ? " None" : " " + size)
            .collect(Collectors.joining(","));
    say("x_train shape: (" + data.train().size() + "," + shape + ")");
    say(data.train().size() + " train samples");
    if (data.validation() != null) {
      say(data.validation().size() + " validation samples");
    }
    if (data.test() != null) {
      say(data.test().size() + " test samples");
    }
  }

  /** How long training took. */
  void trained(double seconds) {
    Duration time = Duration.ofMillis(Math.round(seconds * 1000));
    say(
        String.format(
            Locale.ROOT,
            "Training time: %d:%02d:%02d.%03d",
            time.toHours(),
            time.toMinutesPart(),
            time.toSecondsPart(),
            time.toMillisPart()));
  }

  /** Loss ("score") and metrics on the test data. */
  void tested(Map<String, Double> test) {
    test.forEach(
        (name, value) ->
            say(
                "Test "
                    + (name.equals("test_loss") ? "score" : name.substring("test_".length()))
                    + ": "
                    + value));
  }

  private void say(String text) {
    progress.on(new Progress.Message(text));
  }
}
