package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.data.Context;
import dev.graft.data.Data;
import dev.graft.data.Examples;
import dev.graft.data.Labels;
import dev.graft.data.Parts;
import dev.graft.data.Plan;
import dev.graft.data.Preparation;
import dev.graft.data.Preprocessing;
import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import dev.graft.runtime.Settings;
import dev.graft.train.Additions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The data of each stage: what the recipe says, unless the stage or one before it has a {@code
 * data} of its own. Plain data; nothing is decoded before {@link #open}.
 */
final class StageData {
  /** The parts of a recipe's {@code data} that a new {@code train} does not leave standing. */
  private static final List<String> WITH_TRAIN = List.of("validation", "test");

  /** What stages that share their data have. */
  private static final class Share {
    final Config config;
    final Labels labels;
    Parts parts;
    Plan plan;

    Share(Config config, Labels labels, Context context) {
      this.config = config;
      this.labels = labels;
      this.parts = Parts.read(config, context.labelled(labels));
    }
  }

  private final List<Share> stages = new ArrayList<>();

  private final Config root;
  private final Object plain;
  private final Additions additions;

  /**
   * A reader.
   *
   * @param root the recipe's {@code data}
   * @param plain the same as plain data
   * @param additions a user's own losses, which say how labels reach them
   */
  StageData(Config root, Object plain, Additions additions) {
    this.root = root;
    this.plain = plain;
    this.additions = additions;
  }

  /** Reads which examples there are for {@code all} stages, after inheriting. */
  StageData read(List<Config> all, Context context) {
    Config config = root;
    Map<String, Object> now = map(plain);
    List<Object> own = Arrays.asList(null, null);
    for (Config stage : all) {
      List<Object> said = Arrays.asList(plain(stage, "data"), plain(stage, "validation_split"));
      if (!said.equals(own)) {
        if (said.get(0) != null && !said.get(0).equals(own.get(0))) {
          now = over(now, map(said.get(0)));
        }
        Object place = said.get(0) == null ? root : stage.get("data");
        config = ((Config) place).replacedBy(said.get(1) == null ? now : split(stage, now));
        own = said;
      }
      Labels labels =
          Plan.labels(config, DataReader.labels(ObjectiveReader.firstLoss(stage, additions)));
      Share before = stages.isEmpty() ? null : stages.get(stages.size() - 1);
      boolean same = before != null && before.config == config && before.labels == labels;
      stages.add(same ? before : new Share(config, labels, context));
    }
    if (stages.stream().noneMatch(share -> share.config == root)) {
      // Its keys are asked for where the stages' own data say them over again.
      root.ignore();
    }
    return this;
  }

  private static Object plain(Config stage, String key) {
    return stage.has(key) ? stage.get(key).plain() : null;
  }

  /** The data with the last part of the training examples for validation: Keras's fit argument. */
  private static Map<String, Object> split(Config stage, Map<String, Object> data) {
    if (data.get("validation") != null) {
      throw new SettingException(
          stage.where("validation_split")
              + ": the data has a 'validation', too. Remove one of them.");
    }
    Map<String, Object> split = new LinkedHashMap<>(data);
    split.put("validation", Map.of("split", stage.number("validation_split")));
    return split;
  }

  /** The data of a stage: what it does not say stays as it was. */
  private static Map<String, Object> over(Map<String, Object> before, Map<String, Object> own) {
    Map<String, Object> all = new LinkedHashMap<>(before);
    if (own.get("train") != null) {
      all.keySet().removeAll(WITH_TRAIN);
    }
    all.putAll(own);
    return all;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object plain) {
    if (!(plain instanceof Map)) {
      throw new SettingException("data: expected an object, came " + plain + ".");
    }
    return (Map<String, Object>) plain;
  }

  /** The examples of stage {@code index}. */
  Parts parts(int index) {
    return stages.get(index).parts;
  }

  /** What stage {@code index} says of its data, with what it inherits. */
  Config config(int index) {
    return stages.get(index).config;
  }

  /** Gives the inputs of {@code model} their columns, now that it is known. */
  void fit(Model model) {
    List<Examples.Field> wanted = Examples.Field.inputsOf(model);
    Set.copyOf(stages).forEach(share -> share.parts = share.parts.fitted(wanted));
  }

  /**
   * Reads how the examples are prepared, and refuses every key that is not known.
   *
   * @param absent how pictures are prepared where nothing is said
   */
  void plan(BiFunction<Config, Parts, Preprocessing> absent) {
    for (Share share : stages) {
      if (share.plan == null) {
        Preprocessing image = absent.apply(share.config, share.parts);
        share.plan = Plan.read(share.config, share.parts, new Preparation(image, share.labels));
        share.config.done();
      }
    }
  }

  /** Opens the data of every stage; stages that share theirs get the same. */
  List<Data> open(Context context, Settings settings) {
    Map<Share, Data> opened = new HashMap<>();
    try {
      for (Share share : stages) {
        if (!opened.containsKey(share)) {
          opened.put(share, share.plan.open(context, settings));
        }
      }
      return stages.stream().map(opened::get).toList();
    } catch (RuntimeException e) {
      opened.values().forEach(Data::close);
      throw e;
    }
  }
}
