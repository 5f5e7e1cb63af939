package dev.graft.recipe;

import dev.graft.data.Examples;
import dev.graft.error.GraftException;
import dev.graft.error.StoppedException;
import dev.graft.layers.Model;
import dev.graft.layers.WeightStore;
import dev.graft.network.Network;
import dev.graft.report.RunReport;
import dev.graft.scale.Workers;
import dev.graft.train.Averages;
import dev.graft.train.Evaluation;
import dev.graft.train.FeatureCache;
import dev.graft.train.History;
import dev.graft.train.Job;
import dev.graft.train.Position;
import dev.graft.train.RateSearch;
import dev.graft.train.Scoring;
import dev.graft.train.Stage;
import dev.graft.train.Trainer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Runs the stages of a recipe, one after the other, each on a graph of its own. */
public final class Experiment implements AutoCloseable {
  private final Recipe recipe;
  private final Surroundings around;
  private final History history = new History();
  private final FeatureCache features;
  private Network network;
  private Trainer.End end = Trainer.End.FINISHED;
  private String stopped = "interrupted; the state is saved.";
  private Position reached;
  private Workers workers = Workers.ALONE;
  private Position met;
  private final Map<Integer, Double> seconds = new LinkedHashMap<>();
  private final Map<Integer, Map<String, Double>> tests = new LinkedHashMap<>();

  /** An experiment that has not begun. */
  public Experiment(Recipe recipe, Surroundings around) {
    this.recipe = recipe;
    this.around = around.timed();
    this.features =
        new FeatureCache(
            around.places().store().resolve("cache"),
            around.settings().device().replaceAll(":.*", "") + " " + around.settings().precision(),
            Runtime.getRuntime().maxMemory() / 2);
  }

  /**
   * Meets the other workers of {@link Surroundings#cluster}, which {@link #run(RunFolder, boolean)}
   * then runs with.
   *
   * @param folder where worker 0 writes; not looked at on the others
   * @param resume goes on from worker 0's last checkpoint
   */
  public void meet(RunFolder folder, boolean resume) {
    boolean leads = around.cluster().rank() == 0;
    met = leads && resume ? new RunWriter(folder, recipe, around).resume(history) : null;
    workers =
        Workers.join(
            around.cluster(),
            Joint.passport(recipe),
            leads ? Joint.letter(met, history) : "",
            around.settings(),
            around.progress());
    if (!leads) {
      met = Joint.read(workers.letter(), history);
    }
  }

  /** Runs with the workers that were met. Worker 0 alone writes. */
  private void together(RunFolder folder) {
    try {
      if (workers.rank() > 0) {
        stages(met, null);
      } else {
        try (RunWriter writer = new RunWriter(folder, recipe, around)) {
          begin(writer, met);
          stages(met, writer);
          end(writer);
        }
      }
      workers.meet("the end of the run");
      workers.close();
    } catch (RuntimeException | Error e) {
      workers.abandon(e);
      throw e;
    }
  }

  /**
   * Runs to the end, or until the user interrupts, and writes the run folder.
   *
   * @param resume goes on from the last checkpoint in the folder
   */
  public void run(RunFolder folder, boolean resume) {
    if (workers.several()) {
      together(folder);
      return;
    }
    try (RunWriter writer = new RunWriter(folder, recipe, around)) {
      Position start = resume ? writer.resume(history) : null;
      begin(writer, start);
      try {
        stages(start, writer);
      } catch (StoppedException e) {
        stop(e);
      } catch (GraftException e) {
        // What was learnt until then is worth a page; the reason goes to the user as it is.
        try {
          writer.cut(this, RunReport.Ending.FAILED, e.getMessage());
        } catch (RuntimeException second) {
          e.addSuppressed(second);
        }
        throw e;
      }
      end(writer);
    }
  }

  private void end(RunWriter writer) {
    try {
      if (end != Trainer.End.INTERRUPTED) {
        writer.finish(this);
        return;
      }
    } catch (StoppedException e) {
      stop(e);
    }
    writer.cut(this, RunReport.Ending.INTERRUPTED, null);
  }

  private void stop(StoppedException told) {
    end = Trainer.End.INTERRUPTED;
    stopped = told.getMessage();
  }

  /** Runs to the end without writing anything. */
  public void run() {
    stages(null, null);
  }

  /**
   * Looks for a learning rate for the first stage; nothing is written, and the network is spoilt.
   */
  public RateSearch.Curve findRate(RateSearch.Range range) {
    StageReader.Planned first = recipe.stages().get(0);
    open(0);
    return RateSearch.run(
        new Job(
            network,
            first.stage(),
            recipe.data(0).train(),
            null,
            Position.start(0, 0, 0),
            recipe.seed(),
            history,
            null,
            around.interrupted(),
            around.progress(),
            features),
        range);
  }

  /**
   * Runs all stages.
   *
   * @param resumed where an interrupted run stopped; null for the beginning
   */
  private void stages(Position resumed, RunWriter writer) {
    Position position = resumed;
    for (int i = resumed == null ? 0 : resumed.stage(); i < recipe.stages().size(); i++) {
      StageReader.Planned planned = recipe.stages().get(i);
      open(i);
      if (position == null) {
        position = beginning(planned.stage());
      }
      Journal journal = new Journal(recipe.data(i), around.progress());
      if (i == 0 || !recipe.data(i).equals(recipe.data(i - 1))) {
        journal.samples();
      }
      journal.model(planned.stage().name(), planned.model().model());
      long began = System.nanoTime();
      Job job =
          new Job(
              network,
              stage(i, writer),
              recipe.data(i).train(),
              recipe.data(i).validation(),
              position,
              recipe.seed(),
              history,
              writer,
              around.interrupted(),
              planned.verbosity().of(around.progress()),
              features);
      Trainer.Outcome outcome = Trainer.fit(job);
      end = outcome.end();
      reached = outcome.position();
      if (end == Trainer.End.INTERRUPTED) {
        return;
      }
      seconds.put(i, (System.nanoTime() - began) / 1e9);
      journal.trained(seconds.get(i));
      boolean lastOnData =
          i + 1 == recipe.stages().size() || !recipe.data(i).equals(recipe.data(i + 1));
      if (lastOnData && recipe.data(i).test() != null && workers.rank() == 0) {
        tests.put(i, score(job, recipe.data(i).test()));
        journal.tested(tests.get(i));
      }
      if (writer != null) {
        writer.ended(i, seconds.get(i), tests.getOrDefault(i, Map.of()));
      }
      if (i + 1 < recipe.stages().size()) {
        position = next(recipe.stages().get(i + 1), i + 1, outcome.position());
      }
    }
    features.rest();
  }

  private Stage stage(int index, RunWriter writer) {
    StageReader.Planned planned = recipe.stages().get(index);
    if (workers.several()) {
      around.progress().on(Joint.statistics(planned));
    }
    return writer != null
        ? writer.watched(index, history)
        : workers.several() ? Joint.following(planned.stage()) : planned.stage();
  }

  /** Writes what is known, or finds what the stages before {@code start} came to. */
  private void begin(RunWriter writer, Position start) {
    if (start == null) {
      writer.begin();
      return;
    }
    writer
        .endedBefore(start.stage())
        .forEach(
            (index, outcome) -> {
              seconds.put(index, outcome.seconds());
              if (!outcome.test().isEmpty()) {
                tests.put(index, outcome.test());
              }
            });
  }

  private Position beginning(Stage first) {
    int initial = first.pace().initialEpoch();
    return recipe.before() == null
        ? Position.start(0, initial, 0)
        : recipe.before().into(network, first.optimizer(), initial);
  }

  /** How far the last stage that ran has come. */
  Position reached() {
    return reached;
  }

  private static Position next(StageReader.Planned stage, int index, Position reached) {
    int initial = stage.stage().pace().initialEpoch();
    StageReader.Opening opening = stage.opening();
    return opening.goesOn()
        ? reached.continued(index, initial, opening.keepsRate())
        : Position.start(index, initial, reached.step());
  }

  private void open(int index) {
    StageReader.Planned planned = recipe.stages().get(index);
    Network before = network;
    Model model = planned.model().model();
    // It has the weights of the network before.
    features.rest();
    boolean whole = !FeatureCache.keeps(model, recipe.data(index).train(), planned.stage().cache());
    network = Network.forTraining(model, around.settings(), recipe.seed(), workers, whole);
    if (before == null) {
      planned.model().weights().into(network, recipe.seed());
      return;
    }
    try (before) {
      Set<String> carried = new HashSet<>();
      before.model().variables().forEach(v -> carried.add(v.name()));
      Map<String, Model.Variable> fresh = new HashMap<>();
      for (Model.Variable v : model.variables()) {
        if (planned.opening().fresh().contains(v.layer()) || !carried.contains(v.name())) {
          fresh.put(v.name(), v);
        }
      }
      WeightStore old = before.unchanging();
      network.assign(
          name ->
              fresh.containsKey(name)
                  ? Network.initial(fresh.get(name), recipe.seed())
                  : old.values(name));
      if (planned.opening().goesOn()) {
        Job.carry(before, network, planned.stage(), planned.opening().fresh());
      }
    }
  }

  private Map<String, Double> score(Job job, Examples test) {
    Stage stage = job.stage();
    // The frozen part is not computed anew for them in the end, nor in the next run of the kind.
    FeatureCache.View seen = features.view(job, test);
    Examples examples = seen.examples();
    Evaluation evaluation =
        new Evaluation(network, new Scoring(network, seen.path(), stage.objective()))
            .until(job.alone());
    int batch = stage.pace().validation().batchSize();
    Map<String, Double> scores = new LinkedHashMap<>(evaluation.score(examples, batch, "test_"));
    if (stage.averages() != null) {
      Map<String, float[]> trained = averaged();
      scores.putAll(evaluation.score(examples, batch, "test_averaged_"));
      trained.forEach(network::assign);
    }
    return scores;
  }

  /** Puts the moving averages in the place of the weights they follow; what was there before. */
  private Map<String, float[]> averaged() {
    Map<String, float[]> before = new LinkedHashMap<>();
    Set<String> known = new HashSet<>();
    network.variables().forEach(variable -> known.add(variable.name()));
    network
        .model()
        .variables()
        .forEach(
            variable -> {
              String average = variable.name() + "/" + Averages.SUFFIX;
              if (known.contains(average)) {
                before.put(variable.name(), network.values(variable.name()));
                network.assign(variable.name(), network.values(average));
              }
            });
    return before;
  }

  /** The network after the last stage that ran; it is closed with this. */
  public Network network() {
    return network;
  }

  public History history() {
    return history;
  }

  /** What the frozen part made of the examples. */
  FeatureCache features() {
    return features;
  }

  /** Of a run that was interrupted: in the middle of what, and what is kept. */
  public String stopped() {
    return stopped;
  }

  /** How the last stage ended. */
  public Trainer.End end() {
    return end;
  }

  /** Loss and metrics on the test data, under {@code test_…}; empty without test data. */
  public Map<String, Double> test() {
    return test(recipe.stages().size() - 1);
  }

  /** How long stage {@code index} took, features included; null when it ended in an earlier run. */
  Double seconds(int index) {
    return seconds.get(index);
  }

  /** The same after stage {@code index}; empty when the next stage has the same data. */
  Map<String, Double> test(int index) {
    return tests.getOrDefault(index, Map.of());
  }

  /** The best validation (else training) loss and accuracy on the last stage's data. */
  public Map<String, Double> best() {
    return new Best(recipe, history).figures();
  }

  @Override
  public void close() {
    features.close();
    if (network != null) {
      network.close();
    }
  }
}
