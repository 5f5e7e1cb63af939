package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.Batches;
import dev.graft.data.Examples;
import dev.graft.error.SettingException;
import dev.graft.layers.Ref;
import dev.graft.network.FrozenPart;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.network.Seeds;
import dev.graft.network.Variable;
import dev.graft.progress.Progress;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Op;

/** Keras's fit: runs one {@link Stage} over a network. */
public final class Trainer implements Training, AutoCloseable {
  private final Job job;
  private final Stage stage;
  private final Examples train;
  private final Examples validation;
  private final List<KeptFeatures> kept = new ArrayList<>();
  private final TrainingGraph graph;
  private final Scoring scoring;
  private Float chosenRate;
  private float lastRate;
  private long iteration;
  private long step;
  private String stopReason;

  /** How a stage ended. */
  public enum End {
    FINISHED,
    STOPPED,
    INTERRUPTED
  }

  private Trainer(Job job) {
    this.job = job;
    this.stage = job.stage();
    Network network = job.network();
    List<Ref> border = FrozenPart.border(network.model());
    boolean keep =
        stage.cache() != Stage.Cache.OFF
            && !job.train().augmented()
            && FrozenPart.worthKeeping(network.model())
            && KeptFeatures.possible(network, border);
    List<Ref> from = keep ? border : network.model().inputs();
    // Before the features, which may take minutes: what cannot be trained is refused at once.
    graph = new TrainingGraph(network, from, stage);
    scoring =
        new Scoring(
            network,
            network.path(Path.Mode.INFERENCE, from, network.model().outputs()),
            stage.objective(),
            false);
    train = keep ? keep(job.train(), border) : job.train();
    validation =
        keep && job.validation() != null ? keep(job.validation(), border) : job.validation();
  }

  private Examples keep(Examples examples, List<Ref> border) {
    KeptFeatures features =
        KeptFeatures.compute(job.network(), border, examples, stage.cache(), job.progress());
    kept.add(features);
    return features;
  }

  /**
   * How far a stage came.
   *
   * @param step updates since training began, over all stages
   */
  public record Outcome(End end, long step) {}

  /** Runs the stage of {@code job} to its end, or until a callback or the user stops it. */
  public static Outcome fit(Job job) {
    try (Trainer trainer = new Trainer(job)) {
      End end = trainer.run();
      return new Outcome(end, trainer.step);
    }
  }

  private End run() {
    begin();
    stage.callbacks().forEach(c -> c.onTrainBegin(this));
    End end = End.FINISHED;
    for (int epoch = job.start().epoch(); epoch < stage.epochs() && end == End.FINISHED; epoch++) {
      end = epoch(epoch);
    }
    if (end != End.INTERRUPTED) {
      stage.callbacks().forEach(c -> c.onTrainEnd(this));
    }
    return end;
  }

  private void begin() {
    Position start = job.start();
    iteration = start.iteration();
    step = start.step();
    chosenRate = start.rate();
    lastRate = rate();
    for (Variable v : graph.unreached) {
      say("weight '" + v.name() + "' does not influence the loss, so it stays as it is.");
    }
    for (Variable slot : graph.slots()) {
      job.network().assign(slot.name(), new float[Math.toIntExact(slot.shape().size())]);
    }
    if (job.saver() != null) {
      job.saver().open(job.network(), !start.fresh());
    }
    for (int i = 0; i < start.callbacks().size(); i++) {
      stage.callbacks().get(i).restore(start.callbacks().get(i));
    }
  }

  private End epoch(int epoch) {
    long began = System.nanoTime();
    int done = epoch == job.start().epoch() ? job.start().batch() : 0;
    Progress progress = job.progress();
    progress.on(new Progress.EpochStarted(stage.name(), epoch, stage.epochs()));
    stage.callbacks().forEach(c -> c.onEpochBegin(this, epoch));
    Scoring.Sums sums = graph.scoring.sums();
    if (done > 0) {
      sums.restore(job.start().sums());
    }
    if (!steps(epoch, done, sums)) {
      return End.INTERRUPTED;
    }
    Map<String, Double> logs = sums.logs("");
    if (validation != null) {
      logs.putAll(score(scoring, job.network(), validation, stage.validationBatchSize(), "val_"));
    }
    logs.put("learning_rate", exact(lastRate));
    stage.callbacks().forEach(c -> c.onEpochEnd(this, epoch, logs));
    double seconds = (System.nanoTime() - began) / 1e9;
    job.history().add(new History.Epoch(stage.name(), epoch, logs, seconds));
    save(epoch + 1, 0, new double[0][]);
    progress.on(new Progress.EpochEnded(stage.name(), epoch, stage.epochs(), logs, seconds));
    if (stopReason != null) {
      say(stopReason);
      return End.STOPPED;
    }
    return End.FINISHED;
  }

  /** Runs the steps of an epoch; false when the user interrupted it. */
  private boolean steps(int epoch, int done, Scoring.Sums sums) {
    int[] all =
        stage.shuffle()
            ? Batches.permutation(train.size(), seed(), epoch)
            : IntStream.range(0, train.size()).toArray();
    int[] rest =
        Arrays.copyOfRange(all, Math.min(all.length, done * stage.batchSize()), all.length);
    int total = (all.length + stage.batchSize() - 1) / stage.batchSize();
    job.progress().on(new Progress.PhaseStarted("training", total, "steps"));
    int batchNumber = done;
    try (Batches batches =
        Batches.of(train, rest, stage.batchSize(), Batches.draw(seed(), epoch))) {
      while (batches.hasNext() && stopReason == null) {
        try (Batch batch = batches.next()) {
          step(batch, sums);
        }
        batchNumber++;
        Map<String, Double> logs = sums.logs("");
        job.progress().on(new Progress.Advanced(batchNumber, logs));
        for (Callback callback : stage.callbacks()) {
          callback.onTrainBatchEnd(this, batchNumber - 1, logs);
        }
        if (job.interrupted().getAsBoolean()) {
          save(epoch, batchNumber, sums.state());
          return false;
        }
      }
    }
    job.progress().on(new Progress.PhaseEnded());
    return true;
  }

  private void step(Batch batch, Scoring.Sums sums) {
    lastRate = rate();
    Session.Runner runner = job.network().session().runner();
    List<Tensor> weights = weights(batch);
    try (Tensor rate = Tensors.floats(new float[] {lastRate});
        Tensor iterationValue = Tensors.longs(new long[] {iteration});
        Tensor stepValue = Tensors.longs(new long[] {step})) {
      feedInputs(runner, graph.scoring.path(), batch);
      graph.scoring.feed(runner, batch.targets(), weights);
      runner.feed(graph.rate, rate).feed(graph.iteration, iterationValue);
      runner.feed(job.network().step(), stepValue);
      runner.fetch(graph.scoring.report());
      for (Op update : graph.updates) {
        runner.addTarget(update);
      }
      try (Result result = runner.run()) {
        sums.add(Tensors.read(result.get(0)), batch.size());
      }
    } finally {
      weights.forEach(Tensor::close);
    }
    iteration++;
    step++;
  }

  private List<Tensor> weights(Batch batch) {
    if (!stage.weighted()) {
      return List.of();
    }
    float[] values = new float[batch.size()];
    for (int i = 0; i < values.length; i++) {
      double weight = stage.classWeight().getOrDefault(train.label(batch.rows()[i]), 1.0);
      values[i] = (float) weight;
    }
    return List.of(Tensors.floats(values, values.length));
  }

  private static void feedInputs(Session.Runner runner, Path path, Batch batch) {
    for (int i = 0; i < path.feeds().size(); i++) {
      runner.feed(path.feeds().get(i), batch.inputs().get(i));
    }
  }

  /** Loss and metrics of {@code examples}, in Keras's log names with {@code prefix} before each. */
  public static Map<String, Double> score(
      Scoring scoring, Network network, Examples examples, int batchSize, String prefix) {
    Scoring.Sums sums = scoring.sums();
    try (Batches batches = Batches.inOrder(examples, batchSize)) {
      while (batches.hasNext()) {
        Session.Runner runner = network.session().runner();
        try (Batch batch = batches.next()) {
          feedInputs(runner, scoring.path(), batch);
          scoring.feed(runner, batch.targets(), List.of());
          runner.fetch(scoring.report());
          try (Result result = runner.run()) {
            sums.add(Tensors.read(result.get(0)), batch.size());
          }
        }
      }
    }
    return sums.logs(prefix);
  }

  private void save(int epoch, int batch, double[][] sums) {
    if (job.saver() != null) {
      List<Map<String, Object>> states = new ArrayList<>();
      stage.callbacks().forEach(c -> states.add(new LinkedHashMap<>(c.state())));
      job.saver()
          .save(
              new Position(
                  job.start().stage(), epoch, batch, iteration, step, chosenRate, sums, states),
              job.history());
    }
  }

  /** Two stages never see the examples in the same order. */
  private long seed() {
    return Seeds.mix(job.seed(), job.start().stage());
  }

  private void say(String text) {
    job.progress().on(new Progress.Message(text));
  }

  /** The double that prints as the float does, so that 0.001 stays 0.001 in the history. */
  private static double exact(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  private float rate() {
    return chosenRate != null ? chosenRate : stage.optimizer().learningRate().rate(iteration);
  }

  @Override
  public Network network() {
    return job.network();
  }

  @Override
  public Stage stage() {
    return stage;
  }

  @Override
  public float learningRate() {
    return lastRate;
  }

  @Override
  public void learningRate(float rate) {
    if (!(stage.optimizer().learningRate() instanceof Schedule.Constant)) {
      throw new SettingException(
          "stage '"
              + stage.name()
              + "': a callback sets the learning rate, but the optimizer has a schedule. Keep one"
              + " of them.");
    }
    chosenRate = rate;
    lastRate = rate;
  }

  @Override
  public long iterations() {
    return iteration;
  }

  @Override
  public void stop(String reason) {
    stopReason = reason;
  }

  @Override
  public void close() {
    kept.forEach(KeptFeatures::close);
  }
}
