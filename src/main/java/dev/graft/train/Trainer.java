package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.Batches;
import dev.graft.data.Examples;
import dev.graft.error.SettingException;
import dev.graft.error.StoppedException;
import dev.graft.layers.Ref;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.network.Seeds;
import dev.graft.network.Variable;
import dev.graft.progress.Progress;
import dev.graft.runtime.Beside;
import dev.graft.runtime.NativeMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Tensor;

/** Keras's fit: runs one {@link Stage} over a network. */
public final class Trainer implements Training {
  private final Job job;
  private final Stage stage;
  private final Examples train;
  private final Examples validation;
  private final TrainingGraph graph;
  private final TrainingStep stepper;
  private final Passes passes;
  private final Scoring scoring;
  private final Mirrors mirrors;
  private Schedule schedule;
  private Float chosenRate;
  private float lastRate;
  private long iteration;
  private long step;
  private String stopReason;
  private boolean interrupted;

  /** How a stage ended. */
  public enum End {
    FINISHED,
    STOPPED,
    INTERRUPTED
  }

  /** How a stage ended, and where. */
  public record Outcome(End end, Position position) {}

  private Trainer(Job job) {
    this.job = job;
    this.stage = job.stage();
    Network network = job.network();
    check(job.train(), "training data");
    if (job.validation() != null) {
      check(job.validation(), "validation data");
    }
    int outputs = network.model().outputs().size();
    stage.weighting().check(where(), job.train(), outputs);
    if (job.validation() != null) {
      stage.weighting().ofValidation().check(where() + ", validation", job.validation(), outputs);
    }
    List<Ref> from = FeatureCache.border(network.model(), job.train(), stage.cache());
    FeatureCache.unkept(job).ifPresent(reason -> say(where() + ": " + reason + "."));
    // Before the features, which may take minutes: what cannot be trained is refused at once.
    graph = new TrainingGraph(network, from, stage);
    graph.share.check(where(), job.train(), network.settings());
    graph.scoring.probe(network.session());
    scoring =
        new Scoring(
            network,
            network.path(Path.Mode.INFERENCE, from, network.model().outputs()),
            stage.objective(),
            stage.weighting().ofValidation(),
            Share.WHOLE);
    stage.callbacks().forEach(c -> c.prepare(network));
    // A checkpoint and other workers set them again; nothing else waits for it before the first
    // step.
    boolean alone = !job.start().saved() && !network.workers().several();
    Runnable reset = () -> graph.slots.reset(!job.start().fresh());
    if (!alone) {
      reset.run();
    }
    if (job.saver() != null) {
      job.saver().open(network, job.start().saved());
    }
    mirrors = new Mirrors(network, where());
    mirrors.begin(job.start().saved());
    // After the checkpoint was read: an earlier stage may have trained what is frozen now.
    List<Examples> seen = new ArrayList<>();
    Beside.run(alone ? reset : () -> {}, () -> seen.addAll(job.features().of(job, from)));
    train = seen.get(0);
    validation = seen.size() == 1 ? null : seen.get(1);
    // Two stages never see the examples in the same order.
    passes =
        new Passes(
            train, stage.pace(), Seeds.mix(job.seed(), job.start().stage()), network.workers());
    network.workers().meet(where() + ", the first step");
    stepper = new TrainingStep(network, graph, new Diagnosis(network, graph.scoring, train));
  }

  private void check(Examples examples, String what) {
    DataCheck.check(where() + ", " + what, examples, job.network().model(), stage.objective());
  }

  /** Runs the stage of {@code job} to its end, or until a callback or the user stops it. */
  public static Outcome fit(Job job) {
    Optional<BackupAndRestore> backup =
        job.stage().callbacks().stream()
            .filter(BackupAndRestore.class::isInstance)
            .map(BackupAndRestore.class::cast)
            .findFirst();
    if (backup.isEmpty() || job.saver() != null) {
      return run(job);
    }
    Checkpoints checkpoints = backup.get().checkpoints();
    Optional<Checkpoints.Found> found = Checkpoints.latest(backup.get().folder());
    found.ifPresent(f -> f.history().epochs().forEach(job.history()::add));
    Position from = found.map(Checkpoints.Found::position).orElse(job.start());
    Outcome outcome = run(job.with(from, backup.get().saver(checkpoints)));
    if (backup.get().remove() && outcome.end() != End.INTERRUPTED) {
      checkpoints.delete();
    }
    return outcome;
  }

  private static Outcome run(Job job) {
    // Whatever runs out of memory in between, the size of the batch is what the user can change.
    Stage stage = job.stage();
    return NativeMemory.holding(
        "stage '" + stage.name() + "'",
        stage.pace().batchSize(),
        TrainingStep.SMALLER,
        () -> new Trainer(job).run());
  }

  private Outcome run() {
    begin();
    End end = stopReason == null ? End.FINISHED : End.STOPPED;
    int epoch = job.start().epoch();
    Position reached = job.start();
    while (epoch < stage.pace().epochs() && end == End.FINISHED) {
      reached = epoch(epoch++);
      end =
          reached.epoch() < epoch
              ? End.INTERRUPTED
              : stopReason == null ? End.FINISHED : End.STOPPED;
    }
    if (end != End.INTERRUPTED) {
      mirrors.check("at the end");
      graph.finish();
      stage.callbacks().forEach(c -> c.onTrainEnd(this));
    }
    return new Outcome(end, reached);
  }

  private void begin() {
    Position start = job.start();
    iteration = start.iteration();
    step = start.step();
    schedule =
        stage
            .optimizer()
            .learningRate()
            .over(passes.steps(stage.pace().initialEpoch()), stage.pace().epochs());
    if (start.rate() != null) {
      learningRate(start.rate());
    }
    lastRate = schedule.rate(Math.max(0, iteration - 1));
    stopReason = start.stopped();
    stepper.scale(start.scale());
    for (Variable v : graph.unreached) {
      say("weight '" + v.name() + "' does not influence the loss, so it stays as it is.");
    }
    if (stage.pace().batchSize() > train.size()) {
      say(
          "batch_size "
              + stage.pace().batchSize()
              + " is more than the "
              + train.size()
              + " examples there are: an epoch is one step of them all.");
    }
    stage.callbacks().forEach(c -> c.onTrainBegin(this));
    Callbacks.restore(where(), stage.callbacks(), start.callbacks());
  }

  /** Runs epoch {@code epoch}, or what is left of it, and says where training then is. */
  private Position epoch(int epoch) {
    long began = System.nanoTime();
    boolean resumed = epoch == job.start().epoch() && job.start().batch() > 0;
    job.progress().on(new Progress.EpochStarted(stage.name(), epoch, stage.pace().epochs()));
    Scoring.Sums sums = graph.scoring.sums();
    if (resumed) {
      sums.restore(job.start().sums());
    } else {
      stage.callbacks().forEach(c -> c.onEpochBegin(this, epoch));
    }
    int done = resumed ? job.start().batch() : 0;
    Position interrupted = steps(epoch, done, sums);
    if (interrupted != null) {
      return interrupted;
    }
    Map<String, Double> logs = sums.logs("");
    try {
      logs.putAll(validate(epoch));
    } catch (StoppedException e) {
      // All steps are done: who goes on from here scores first.
      return job.keep(position(epoch, passes.steps(epoch), sums.state()), true);
    }
    logs.put("learning_rate", History.exact(lastRate));
    stage.callbacks().forEach(c -> c.onEpochEnd(this, epoch, logs));
    double seconds = (System.nanoTime() - began) / 1e9;
    job.history().add(new History.Epoch(stage.name(), epoch, logs, seconds));
    mirrors.check("after epoch " + (epoch + 1));
    boolean last = stopReason != null || epoch + 1 == stage.pace().epochs();
    Position here = job.keep(position(epoch + 1, 0, new double[0][]), last);
    job.progress()
        .on(new Progress.EpochEnded(stage.name(), epoch, stage.pace().epochs(), logs, seconds));
    if (stopReason != null) {
      say(stopReason);
    }
    return here;
  }

  /** The scores of the validation data after {@code epoch}; none when it is not their turn. */
  private Map<String, Double> validate(int epoch) {
    Pace.Validation how = stage.pace().validation();
    if (validation == null || !how.after(epoch)) {
      return Map.of();
    }
    long most = how.steps() == 0 ? Long.MAX_VALUE : (long) how.steps() * how.batchSize();
    int rows = (int) Math.min(validation.size(), most);
    Evaluation.Pass pass =
        new Evaluation.Pass(rows, how.batchSize(), passes.draw(epoch, validation));
    long began = System.nanoTime();
    Map<String, Double> logs =
        new Evaluation(network(), scoring, stage.weighting().ofValidation())
            .until(job.alone())
            .score(validation, pass, "val_", network().workers());
    spent(Progress.Work.VALIDATION, began, 0);
    return logs;
  }

  /** Runs the steps of an epoch; where it is when the user interrupted it, else null. */
  private Position steps(int epoch, int done, Scoring.Sums sums) {
    int total = passes.steps(epoch);
    if (total < stage.pace().stepsPerEpoch() && done == 0) {
      say("the examples end after " + total + " of " + stage.pace().stepsPerEpoch() + " steps.");
    }
    job.progress().on(new Progress.PhaseStarted("training", total, "steps"));
    int number = done;
    long began = System.nanoTime();
    try (Batches batches = passes.batches(epoch, done)) {
      while (batches.hasNext() && stopReason == null) {
        try (Batch batch = batches.next()) {
          step(batch, sums, epoch, number);
        }
        number++;
        Map<String, Double> logs = sums.logs("");
        job.progress().on(new Progress.Advanced(number, logs));
        for (Callback callback : stage.callbacks()) {
          callback.onTrainBatchEnd(this, number - 1, logs);
        }
        if (interrupted) {
          return job.keep(position(epoch, number, sums.state()), true);
        }
        if (job.saver() != null && job.saver().due()) {
          job.keep(position(epoch, number, sums.state()), true);
        }
      }
      job.progress().on(new Progress.Spent(Progress.Work.DECODE, batches.waited()));
      spent(Progress.Work.TRAINING, began, batches.waited());
    }
    job.progress().on(new Progress.PhaseEnded());
    return null;
  }

  private void spent(Progress.Work work, long began, double without) {
    job.progress().on(new Progress.Spent(work, (System.nanoTime() - began) / 1e9 - without));
  }

  private void step(Batch batch, Scoring.Sums sums, int epoch, int number) {
    lastRate = schedule.rate(iteration);
    List<Tensor> weights =
        stage.weighting().tensors(train, batch.rows(), network().model().outputs().size());
    try {
      float[] report =
          stepper.run(
              batch,
              weights,
              new TrainingStep.Numbers(
                  lastRate,
                  iteration,
                  step,
                  passes.part(epoch, number),
                  graph.share.several() && job.interrupted().getAsBoolean()),
              where() + ", epoch " + (epoch + 1) + ", step " + (number + 1));
      sums.add(report, passes.size(epoch, number));
      interrupted = graph.share.wished(report, job.interrupted());
    } catch (TrainingStep.NotFinite e) {
      stage.callbacks().forEach(c -> c.onBadLoss(this, e.explained().getMessage()));
      if (stopReason == null) {
        throw e.explained();
      }
      sums.addBadLoss();
    } finally {
      weights.forEach(Tensor::close);
    }
    iteration++;
    step++;
  }

  private Position position(int epoch, int batch, double[][] sums) {
    List<Map<String, Object>> states = new ArrayList<>();
    stage.callbacks().forEach(c -> states.add(new LinkedHashMap<>(c.state())));
    return new Position(
        job.start().stage(),
        epoch,
        batch,
        iteration,
        step,
        chosenRate,
        stopReason,
        sums,
        states,
        stepper.scale(),
        job.saver() != null);
  }

  private String where() {
    return "stage '" + stage.name() + "'";
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
    return chosenRate != null ? chosenRate : schedule.settable() ? schedule.rate(0) : lastRate;
  }

  @Override
  public float rate() {
    return lastRate;
  }

  @Override
  public void learningRate(float rate) {
    schedule =
        schedule
            .startingAt(rate)
            .orElseThrow(
                () ->
                    new SettingException(
                        where()
                            + ": a callback sets the learning rate, but the optimizer has a"
                            + " schedule. Keep one of them."));
    chosenRate = rate;
  }

  @Override
  public long iterations() {
    return iteration;
  }

  @Override
  public List<String> logs() {
    List<String> names = new ArrayList<>(graph.scoring.names());
    if (validation != null) {
      scoring.names().forEach(name -> names.add("val_" + name));
    }
    names.add("learning_rate");
    stage.callbacks().forEach(c -> names.addAll(c.logs()));
    return names;
  }

  @Override
  public Boolean higherIsBetter(String log) {
    return graph.scoring.higherIsBetter(log.startsWith("val_") ? log.substring(4) : log);
  }

  @Override
  public void stop(String reason) {
    stopReason = reason;
  }

  @Override
  public void say(String text) {
    job.progress().on(new Progress.Message(text));
  }
}
