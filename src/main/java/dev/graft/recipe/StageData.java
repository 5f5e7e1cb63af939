package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.data.Context;
import dev.graft.data.Labels;
import dev.graft.data.Parts;
import dev.graft.data.Plan;
import dev.graft.error.SettingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The data of each stage: the recipe's {@code data}, with the keys of the stage's own {@code data}
 * in their place, split by {@code validation_split} when the stage has one. Stages that say the
 * same share their examples.
 */
final class StageData {
  private final Config root;
  private final Context context;
  private final List<Chosen> all = new ArrayList<>();

  /**
   * A chooser.
   *
   * @param root the recipe
   * @param context what data is read from
   */
  StageData(Config root, Context context) {
    this.root = root;
    this.context = context;
  }

  /**
   * What a stage learns from.
   *
   * @param config its {@code data}
   * @param labels how labels reach the loss
   * @param parts the examples, nothing decoded
   */
  record Chosen(Config config, Labels labels, Parts parts, List<Object> key) {}

  /** The different data there are, in the order in which stages asked for them. */
  List<Chosen> all() {
    return List.copyOf(all);
  }

  /**
   * The data of a stage.
   *
   * @param wanted how labels reach the stage's loss, where the data does not say
   * @param classes the classes it must have, or none for any
   */
  Chosen of(Config stage, Labels wanted, List<String> classes) {
    Config config = config(stage);
    Labels labels = Plan.labels(config.afresh(), wanted);
    // Plain data counts every key as read; which are understood is seen in a view of its own.
    List<Object> key = List.of(config.plain(), labels);
    for (Chosen chosen : all) {
      boolean fits = classes.isEmpty() || chosen.parts().train().classes().equals(classes);
      if (fits && chosen.key().equals(key)) {
        return chosen;
      }
    }
    Config fresh = config.afresh();
    Context reading = context.labelled(labels);
    Parts parts = Parts.read(fresh, classes.isEmpty() ? reading : reading.as(reading.role(), classes));
    Chosen chosen = new Chosen(fresh, labels, parts, key);
    all.add(chosen);
    return chosen;
  }

  private Config config(Config stage) {
    boolean splits = stage.has("validation_split");
    if (!stage.has("data") && !splits) {
      return root.get("data");
    }
    Map<String, Object> merged = new LinkedHashMap<>();
    if (root.has("data")) {
      merged.putAll(map(root.get("data")));
    }
    if (stage.has("data")) {
      merged.putAll(map(stage.get("data")));
    }
    if (splits) {
      if (merged.get("validation") != null) {
        throw new SettingException(
            stage.where("validation_split")
                + ": the data has a 'validation', too. Remove one of them.");
      }
      merged.put("validation", Map.of("split", stage.number("validation_split")));
    }
    return (stage.has("data") ? stage : root).get("data").replacedBy(merged);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Config object) {
    if (!object.isObject()) {
      throw object.wrong("an object with train, validation, test");
    }
    return (Map<String, Object>) object.plain();
  }
}
