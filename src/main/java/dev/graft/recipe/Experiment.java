package dev.graft.recipe;

import dev.graft.layers.Model;
import dev.graft.network.Network;
import dev.graft.network.Path;
import dev.graft.train.Evaluation;
import dev.graft.train.FeatureCache;
import dev.graft.train.History;
import dev.graft.train.Job;
import dev.graft.train.Position;
import dev.graft.train.Scoring;
import dev.graft.train.Trainer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs the stages of a recipe, one after the other, each on a graph of its own. */
public final class Experiment implements AutoCloseable {
  private final Recipe recipe;
  private final Surroundings around;
  private final History history = new History();
  private final FeatureCache features = new FeatureCache();
  private Network network;
  private Trainer.End end = Trainer.End.FINISHED;
  private Map<String, Double> test = Map.of();

  /** An experiment that has not begun. */
  public Experiment(Recipe recipe, Surroundings around) {
    this.recipe = recipe;
    this.around = around;
  }

  /**
   * Runs to the end, or until the user interrupts, and writes the run folder.
   *
   * @param resume goes on from the last checkpoint in the folder
   */
  public void run(RunFolder folder, boolean resume) {
    RunWriter writer = new RunWriter(folder, recipe, around);
    Position start = resume ? writer.resume(history) : null;
    if (start == null) {
      start = Position.start(0, recipe.stages().get(0).stage().pace().initialEpoch(), 0);
      writer.begin();
    }
    stages(start, writer);
    if (end != Trainer.End.INTERRUPTED) {
      if (recipe.data().test() != null) {
        test = score();
      }
      writer.finish(this);
    }
  }

  /** Runs to the end without writing anything. */
  public void run() {
    stages(Position.start(0, recipe.stages().get(0).stage().pace().initialEpoch(), 0), null);
    if (recipe.data().test() != null && end != Trainer.End.INTERRUPTED) {
      test = score();
    }
  }

  private void stages(Position start, RunWriter writer) {
    Position position = start;
    for (int i = start.stage(); i < recipe.stages().size(); i++) {
      StageReader.Planned planned = recipe.stages().get(i);
      open(planned);
      Trainer.Outcome outcome =
          Trainer.fit(
              new Job(
                  network,
                  writer == null ? planned.stage() : writer.watched(planned.stage(), history),
                  recipe.data(planned).train(),
                  recipe.data(planned).validation(),
                  position,
                  recipe.seed(),
                  history,
                  writer,
                  around.interrupted(),
                  planned.verbosity().of(around.progress()),
                  features));
      end = outcome.end();
      if (end == Trainer.End.INTERRUPTED) {
        return;
      }
      if (i + 1 < recipe.stages().size()) {
        position = next(recipe.stages().get(i + 1), i + 1, outcome.position());
      }
    }
  }

  private static Position next(StageReader.Planned stage, int index, Position reached) {
    int initial = stage.stage().pace().initialEpoch();
    StageReader.Opening opening = stage.opening();
    return opening.goesOn()
        ? reached.continued(index, initial, opening.keepsRate())
        : Position.start(index, initial, reached.step());
  }

  private void open(StageReader.Planned planned) {
    Network before = network;
    Model model = planned.model().model();
    network = Network.forTraining(model, around.settings(), recipe.seed());
    if (before == null) {
      planned.model().weights().into(network, recipe.seed());
      return;
    }
    try (before) {
      Set<String> carried = new HashSet<>();
      before.model().variables().forEach(v -> carried.add(v.name()));
      for (Model.Variable v : model.variables()) {
        boolean fresh = planned.opening().fresh().contains(v.layer()) || !carried.contains(v.name());
        network.assign(
            v.name(), fresh ? Network.initial(v, recipe.seed()) : before.values(v.name()));
      }
      if (planned.opening().goesOn()) {
        Trainer.carry(before, network, planned.stage(), planned.opening().fresh());
      }
    }
  }

  private Map<String, Double> score() {
    Path whole = network.inference();
    StageReader.Planned last = recipe.stages().get(recipe.stages().size() - 1);
    Scoring scoring = new Scoring(network, whole, last.stage().objective());
    return new LinkedHashMap<>(
        new Evaluation(network, scoring)
            .score(recipe.data().test(), last.stage().pace().validation().batchSize(), "test_"));
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

  /** How the last stage ended. */
  public Trainer.End end() {
    return end;
  }

  /** Loss and metrics on the test data, under {@code test_…}; empty without test data. */
  public Map<String, Double> test() {
    return test;
  }

  /** The best validation (else training) loss and accuracy over all epochs, for people. */
  public Map<String, Double> best() {
    Map<String, Double> best = new LinkedHashMap<>();
    for (String name : List.of("val_loss", "val_accuracy", "loss", "accuracy")) {
      List<Double> values = history.values(name);
      boolean training = !name.startsWith("val_");
      if (!values.isEmpty() && !(training && recipe.data().validation() != null)) {
        best.put(
            "best " + name,
            name.endsWith("loss")
                ? values.stream().mapToDouble(v -> v).min().orElseThrow()
                : values.stream().mapToDouble(v -> v).max().orElseThrow());
      }
    }
    return best;
  }

  @Override
  public void close() {
    features.close();
    if (network != null) {
      network.close();
    }
  }
}
