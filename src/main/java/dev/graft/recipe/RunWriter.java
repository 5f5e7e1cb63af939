package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.data.Examples;
import dev.graft.data.Preprocessing;
import dev.graft.error.SettingException;
import dev.graft.export.Card;
import dev.graft.export.Note;
import dev.graft.files.AtomicFiles;
import dev.graft.keras.CompileSettings;
import dev.graft.keras.KerasWriter;
import dev.graft.keras.LoadOptions;
import dev.graft.keras.LoadReport;
import dev.graft.network.Network;
import dev.graft.progress.Progress;
import dev.graft.report.ModelCard;
import dev.graft.report.RunPage;
import dev.graft.report.RunReport;
import dev.graft.report.Sureness;
import dev.graft.report.TensorBoard;
import dev.graft.runtime.Beside;
import dev.graft.train.Callback;
import dev.graft.train.Checkpoints;
import dev.graft.train.FeatureCache;
import dev.graft.train.History;
import dev.graft.train.Job;
import dev.graft.train.Position;
import dev.graft.train.Spared;
import dev.graft.train.Stage;
import dev.graft.train.Trainer;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Fills a run folder: while training goes on, and when it is over. */
final class RunWriter implements Job.Saver, AutoCloseable {
  /** The newest and one more, in case the disk fills while the next is written. */
  private static final int KEPT_CHECKPOINTS = 2;

  /** Histograms of the weights that are trained, after every epoch. */
  private static final TensorBoard.Settings EVENTS = new TensorBoard.Settings(1, true, false, 0);

  private final RunFolder folder;
  private final Recipe recipe;
  private final Surroundings around;
  private final Checkpoints checkpoints;
  private final Spared remembering = new Spared();
  private final EndedStages ended;
  private final RunBoard board;
  private final Ahead ahead = new Ahead();
  private final List<Runnable> pictures = new ArrayList<>();
  private Supplier<RunFacts> facts;
  private Supplier<List<BufferedImage>> sights;

  RunWriter(RunFolder folder, Recipe recipe, Surroundings around) {
    this.folder = folder;
    this.recipe = recipe;
    this.around = around;
    this.ended = new EndedStages(folder.file(RunFolder.CHECKPOINTS).resolve("stages.json"));
    this.board = new RunBoard(folder.file(RunFolder.EVENTS));
    this.checkpoints =
        new Checkpoints(
            folder.file(RunFolder.CHECKPOINTS), KEPT_CHECKPOINTS, folder.betweenCheckpoints());
  }

  /** What is known before training. */
  void begin() {
    folder.json(RunFolder.RECIPE, recipe.resolved());
    weights();
    List<String> classes = recipe.data().train().classes();
    if (!classes.isEmpty()) {
      AtomicFiles.string(folder.file(RunFolder.CLASSES), String.join("\n", classes) + "\n");
    }
  }

  /** What became of every tensor of the weights file; where some were left out, it is said. */
  private void weights() {
    Grafted start = recipe.start();
    LoadReport report = start.weights().check(start.model());
    if (start.weights().file() == null) {
      return;
    }
    folder.json(RunFolder.LOADED, report.plain());
    around.progress().on(new Progress.Message(report.file() + ": " + report.summary()));
    LoadOptions options = start.weights().options();
    if (options.byName() || options.skipMismatch() || !options.renames().isEmpty()) {
      report.tensors().stream()
          .filter(item -> item.outcome() != LoadReport.Outcome.LOADED)
          .forEach(item -> around.progress().on(new Progress.Message("  " + item.text())));
    }
  }

  /**
   * Where an earlier run of the same recipe in this folder stopped; null when it wrote no
   * checkpoint, and has to {@link #begin} again.
   *
   * @param history gets the epochs of that run
   */
  Position resume(History history) {
    Path before = folder.file(RunFolder.RECIPE);
    if (!Files.exists(before)) {
      return null;
    }
    Object old = withoutEpochs(Config.read(before).plain());
    Object now = withoutEpochs(Config.parse(Json.compact(recipe.resolved()), "recipe").plain());
    if (!old.equals(now)) {
      throw new SettingException(
          "--resume: "
              + before
              + " is another recipe than this one. Resume with the same (only 'epochs' may"
              + " differ), or start anew in another folder.");
    }
    Optional<Checkpoints.Found> found = Checkpoints.latest(folder.file(RunFolder.CHECKPOINTS));
    if (found.isEmpty()) {
      return null;
    }
    found.get().history().epochs().forEach(history::add);
    begin();
    return found.get().position();
  }

  /** What the stages before {@code current} came to in an earlier run in this folder. */
  Map<Integer, EndedStages.Ended> endedBefore(int current) {
    return ended.before(current);
  }

  /** Keeps what stage {@code index} came to. */
  void ended(int index, double seconds, Map<String, Double> test) {
    ended.add(index, new EndedStages.Ended(seconds, test));
  }

  @SuppressWarnings("unchecked")
  private static Object withoutEpochs(Object plain) {
    Map<String, Object> recipe = new LinkedHashMap<>((Map<String, Object>) plain);
    List<Object> stages = new ArrayList<>();
    for (Object stage : (List<Object>) recipe.get("stages")) {
      Map<String, Object> copy = new LinkedHashMap<>((Map<String, Object>) stage);
      copy.remove("epochs");
      stages.add(copy);
    }
    recipe.put("stages", stages);
    return recipe;
  }

  /** Stage {@code index} with what a run writes beside its checkpoints. */
  Stage watched(int index, History history) {
    Stage stage = recipe.stages().get(index).stage();
    int step = history.epochs().size();
    Preprocessing how = recipe.data(index).how().image();
    Examples train = recipe.data(index).train();
    pictures.add(ahead.run(() -> board.pictures(stage.name(), train, how, recipe.seed(), step)));
    if (facts == null) {
      // Known before training, and needed after it.
      facts = ahead.begin(() -> new RunFacts(recipe, around, true));
      sights = ahead.begin(() -> RunBoard.sights(shown(), recipe.data().how().image()));
    }
    List<Callback> callbacks = new ArrayList<>(stage.callbacks());
    callbacks.add(new TensorBoard(folder.file(RunFolder.EVENTS), EVENTS, step));
    return stage.with(callbacks.toArray(Callback[]::new));
  }

  @Override
  public void open(Network network, boolean restore) {
    checkpoints.open(network, restore);
  }

  @Override
  public boolean due() {
    return checkpoints.due();
  }

  @Override
  public void save(Position position, History history) {
    folder.history(history);
    if (position.batch() == 0) {
      // The end of a stage: what follows need not wait.
      checkpoints.saveBeside(position, history);
    } else {
      checkpoints.save(position, history);
    }
  }

  @Override
  public void reached(Position position, History history) {
    if (remembering.due()) {
      remembering.run(() -> folder.history(history));
    }
    checkpoints.reached(position, history);
  }

  /** The trained model in every form asked for, and the card. */
  void finish(Experiment experiment) {
    Network network = experiment.network();
    Note note =
        new Note(
            recipe.data().how().image(),
            recipe.data().train().classes(),
            dev.graft.export.Scores.of(network.model()).orElse(null),
            null);
    folder.remove(RunFolder.SAVED_MODEL);
    folder.removeGraph();
    if (FrozenRun.needed(network.model())) {
      KerasWriter.weightsV3(folder.file(FrozenRun.WEIGHTS), network.model(), network);
    }
    pictures.forEach(Runnable::run);
    RunFacts known = facts();
    FeatureCache.Lookup kept = experiment.features().lookup(network);
    RunReport report =
        new RunReporter(recipe, around, kept)
            .report(experiment.history(), ending(experiment.end()), known, folder);
    Runnable features = features(kept);
    Exports exports = Exports.in(folder.path(), recipe.exports(), 1);
    Compiled compiled = compiled(experiment);
    Beside.run(
        () -> {
          board.outcomes(report.outcomes(), experiment.history().epochs().size());
          features.run();
          RunPage.write(folder.path(), report);
          ModelCard.write(folder.path(), report);
        },
        () -> {
          if (!recipe.exports().isEmpty()) {
            exports.write(network, note, compiled);
          }
        });
    checkpoints.rest();
    exports
        .remarks(network.model(), compiled)
        .forEach(said -> around.progress().on(new Progress.Message(said)));
    List<String> limits = ModelCard.limits(report);
    new Card(
            origin(known),
            note,
            stages(experiment),
            metrics(experiment),
            intervals(report),
            limits,
            Map.of())
        // Checkpoints are no result, and go when the run goes on.
        .sealed(folder.path(), name -> !name.startsWith(RunFolder.CHECKPOINTS + "/"))
        .write(folder.path());
  }

  /** What can be said of a run that did not get to its end, for {@code reason} or null. */
  void cut(Experiment experiment, RunReport.Ending ending, String reason) {
    // Nobody waits for sums of data and thumbnails now.
    ahead.close();
    if (experiment.network() != null) {
      // Its data are not read again: whoever interrupts wants it to end.
      RunFacts few = new RunFacts(recipe, around, false);
      RunPage.write(
          folder.path(),
          new RunReporter(recipe, around, experiment.features().lookup(experiment.network()))
              .report(experiment.history(), ending, few, folder)
              .because(reason));
    }
  }

  /** What writes the features of some examples, which are computed at once. */
  private Runnable features(FeatureCache.Lookup kept) {
    Examples examples = shown();
    if (examples == null || examples.size() == 0) {
      return () -> {};
    }
    Preprocessing how = recipe.data().how().image();
    Supplier<List<BufferedImage>> first = sights == null ? List::of : sights;
    return board.features(new RunBoard.Seen(examples, how, first), kept);
  }

  /** The examples that the projector shows; null when there are none. */
  private Examples shown() {
    return recipe.data().validation() != null ? recipe.data().validation() : recipe.data().test();
  }

  /** What the run was made of; of a run whose stages all ended before it is gathered now. */
  private RunFacts facts() {
    return facts == null ? new RunFacts(recipe, around, true) : facts.get();
  }

  /** Ends what is still done ahead, before the examples are closed. */
  @Override
  public void close() {
    ahead.close();
    checkpoints.rest();
  }

  private static Map<String, List<Double>> intervals(RunReport report) {
    Map<String, List<Double>> intervals = new LinkedHashMap<>();
    boolean several =
        report.outcomes().stream().map(RunReport.Outcome::output).distinct().count() > 1;
    for (RunReport.Outcome outcome : report.outcomes()) {
      String start = outcome.data().equals("validation") ? "val_" : outcome.data() + "_";
      String of = several ? outcome.output() + "_" : "";
      Sureness.of(outcome)
          .forEach(
              (name, figure) ->
                  intervals.put(
                      start + of + name.replace(' ', '_'), List.of(figure.from(), figure.to())));
    }
    return intervals;
  }

  private static RunReport.Ending ending(Trainer.End end) {
    return switch (end) {
      case FINISHED -> RunReport.Ending.FINISHED;
      case STOPPED -> RunReport.Ending.STOPPED;
      case INTERRUPTED -> RunReport.Ending.INTERRUPTED;
    };
  }

  private Card.Origin origin(RunFacts facts) {
    return Card.Origin.here(
        Json.pretty(recipe.resolved()),
        recipe.seed(),
        around.settings(),
        facts.data(),
        facts.weights());
  }

  private List<Map<String, Object>> stages(Experiment experiment) {
    List<Map<String, Object>> stages = new ArrayList<>();
    for (int i = 0; i < recipe.stages().size(); i++) {
      StageReader.Planned planned = recipe.stages().get(i);
      Map<String, Object> stage = new LinkedHashMap<>();
      String name = planned.stage().name();
      List<History.Epoch> epochs =
          experiment.history().epochs().stream()
              .filter(epoch -> epoch.stage().equals(name))
              .toList();
      stage.put("name", name);
      stage.put("epochs", epochs.size());
      stage.put("optimizer", planned.stage().optimizer().className());
      stage.put("optimizer_config", planned.stage().optimizer().config());
      stage.put("batch_size", planned.stage().pace().batchSize());
      double inEpochs = epochs.stream().mapToDouble(History.Epoch::seconds).sum();
      stage.put("seconds", experiment.seconds(i) == null ? inEpochs : experiment.seconds(i));
      stage.put("test", experiment.test(i));
      if (around.cluster().several()) {
        stage.put("workers", around.cluster().workers().size());
        String how = Joint.Statistics.of(planned.model().model()).name();
        stage.put("batch_normalization_statistics", how.toLowerCase(Locale.ROOT));
      }
      stages.add(stage);
    }
    return stages;
  }

  private static Map<String, Double> metrics(Experiment experiment) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    List<History.Epoch> epochs = experiment.history().epochs();
    if (!epochs.isEmpty()) {
      metrics.putAll(epochs.get(epochs.size() - 1).logs());
    }
    metrics.putAll(experiment.test());
    return metrics;
  }

  /** Compile settings of the last stage, and what its optimizer remembers. */
  private Compiled compiled(Experiment experiment) {
    Stage stage = recipe.stages().get(recipe.stages().size() - 1).stage();
    List<?> stages = (List<?>) recipe.resolved().get("stages");
    @SuppressWarnings("unchecked")
    Map<String, Object> words = (Map<String, Object>) stages.get(stages.size() - 1);
    Network network = experiment.network();
    Position reached = experiment.reached();
    CompileSettings compile =
        new Compiled.Words(words, around.additions())
            .compile(stage, network.model(), reached.rate());
    return Compiled.trained(network, stage.optimizer(), compile, reached.iteration());
  }
}
