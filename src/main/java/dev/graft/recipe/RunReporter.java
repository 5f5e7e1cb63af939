package dev.graft.recipe;

import dev.graft.data.Examples;
import dev.graft.data.Preprocessing;
import dev.graft.model.Summary;
import dev.graft.network.Network;
import dev.graft.report.ModelPicture;
import dev.graft.report.RunReport;
import dev.graft.report.RunReport.Outcome;
import dev.graft.report.Timings;
import dev.graft.train.FeatureCache;
import dev.graft.train.History;
import dev.graft.train.Objective;
import java.util.ArrayList;
import java.util.List;

/** Gathers what the page of a run tells. */
final class RunReporter {
  private final Recipe recipe;
  private final Surroundings around;
  private final Network network;
  private final FeatureCache.Lookup features;

  RunReporter(Recipe recipe, Surroundings around, FeatureCache.Lookup features) {
    this.recipe = recipe;
    this.around = around;
    this.network = features.network();
    this.features = features;
  }

  RunReport report(History history, RunReport.Ending ending, RunFacts facts, RunFolder folder) {
    boolean whole = ending == RunReport.Ending.FINISHED || ending == RunReport.Ending.STOPPED;
    List<Outcome> outcomes = whole ? outcomes() : List.of();
    return new RunReport(
        recipe.name(),
        about(),
        ending,
        history,
        Summary.of(network.model()),
        ModelPicture.svg(network.model()),
        outcomes,
        Timings.of(around.progress()).times(),
        facts.all(history),
        whole ? facts.commands(folder) : facts.resuming(folder));
  }

  private String about() {
    Examples train = recipe.data().train();
    int classes = train.classes().size();
    String pretrained =
        recipe.start().weights().file() == null
            ? "A network trained from its first weights"
            : "A network with pretrained weights";
    String on =
        String.format(
            java.util.Locale.ROOT,
            " (%s), trained on %,d examples%s in %d %s.",
            network.model().name(),
            train.size(),
            classes == 0 ? "" : " of " + classes + (classes == 1 ? " class" : " classes"),
            recipe.stages().size(),
            recipe.stages().size() == 1 ? "stage" : "stages");
    return pretrained + on;
  }

  private List<Outcome> outcomes() {
    List<Outcome> outcomes = new ArrayList<>();
    add(outcomes, "validation", recipe.data().validation());
    add(outcomes, "test", recipe.data().test());
    return outcomes;
  }

  private void add(List<Outcome> outcomes, String name, Examples examples) {
    if (examples == null || examples.size() == 0) {
      return;
    }
    Objective objective = recipe.stages().get(recipe.stages().size() - 1).stage().objective();
    FeatureCache.View seen = features.view(examples);
    Preprocessing how = recipe.data().how().image();
    Thumbnails sights = new Thumbnails(examples, how);
    for (Assessment.Result result :
        Assessment.of(
            network,
            seen.path(),
            seen.examples(),
            objective,
            around.progress().until(around.interrupted()))) {
      if (result.said() != null) {
        outcomes.add(
            new Outcome(result.output(), name, result.said(), result.evaluation(), sights));
      }
    }
  }
}
