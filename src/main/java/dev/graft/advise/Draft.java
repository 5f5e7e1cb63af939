package dev.graft.advise;

import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The recipe that an advice comes to.
 *
 * @param name of the run
 * @param model the {@code trunk} or {@code load} that was probed, as a recipe has it
 * @param data as a recipe has it
 * @param network what was probed
 */
public record Draft(
    String name, Map<String, Object> model, Map<String, Object> data, Model network) {
  /** A quarter of the layers, the first, stay as they are when all others are tuned. */
  private static final int FIRST = 4;

  /** The recipe as plain data; there is none for {@link Scenario#NONE}. */
  public Map<String, Object> recipe(Advice advice) {
    Scenario scenario = advice.scenario();
    if (scenario == Scenario.NONE) {
      throw new IllegalArgumentException("there is no recipe for labels that nothing tells apart");
    }
    Map<String, Object> recipe = new LinkedHashMap<>();
    recipe.put("graft", 1);
    recipe.put("name", name);
    recipe.put("seed", 42);
    recipe.put("model", model(scenario, advice));
    recipe.put("data", data);
    recipe.put("stages", stages(scenario, advice));
    return recipe;
  }

  private Map<String, Object> model(Scenario scenario, Advice advice) {
    Map<String, Object> made = new LinkedHashMap<>();
    model.forEach(
        (key, value) ->
            made.put(key, value instanceof Map<?, ?> map ? new LinkedHashMap<>(map) : value));
    if (scenario == Scenario.TRUNCATED) {
      place(made).put("until", advice.best().layer());
    }
    if (scenario == Scenario.TRAIN_ALL && !advice.pretrainedHelps() && made.get("trunk") != null) {
      place(made).put("weights", null);
    }
    List<Object> head = new ArrayList<>();
    String end =
        scenario == Scenario.TRUNCATED ? advice.best().layer() : network.outputs().get(0).layer();
    if (network.specs().get(Ref.of(end)).rank() == 4) {
      head.add(scenario == Scenario.EXTRACTOR ? "Flatten" : "GlobalAveragePooling2D");
    }
    head.add(Map.of("Dense", ordered("units", 256, "activation", "relu")));
    head.add(Map.of("Dropout", Map.of("rate", 0.5)));
    head.add(Map.of("Dense", ordered("units", "classes", "activation", "softmax")));
    made.put("head", head);
    return made;
  }

  /** Where {@code until} stands: in the trunk, or beside {@code load}. */
  @SuppressWarnings("unchecked")
  private static Map<String, Object> place(Map<String, Object> model) {
    return model.get("trunk") instanceof Map<?, ?> trunk ? (Map<String, Object>) trunk : model;
  }

  private List<Object> stages(Scenario scenario, Advice advice) {
    List<Object> stages = new ArrayList<>();
    Map<String, Object> first = new LinkedHashMap<>();
    boolean all = scenario == Scenario.TRAIN_ALL;
    first.put("name", all ? "all" : "head");
    first.put("freeze", all ? "none" : "trunk");
    double rate = all && advice.pretrainedHelps() ? 1e-4 : 1e-3;
    first.put("optimizer", Map.of("Adam", Map.of("learning_rate", rate)));
    first.put("loss", "sparse_categorical_crossentropy");
    first.put("metrics", List.of("accuracy"));
    first.put("epochs", scenario == Scenario.FINE_TUNE ? 3 : 10);
    first.put("batch_size", 32);
    stages.add(first);
    if (scenario == Scenario.FINE_TUNE) {
      Map<String, Object> second = new LinkedHashMap<>();
      second.put("name", "fine-tune");
      second.put("freeze", Map.of("first", network.kerasLayers().size() / FIRST));
      second.put("optimizer", Map.of("SGD", ordered("learning_rate", 1e-4, "momentum", 0.9)));
      second.put("epochs", 10);
      stages.add(second);
    }
    return stages;
  }

  private static Map<String, Object> ordered(String k, Object v, String k2, Object v2) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(k, v);
    map.put(k2, v2);
    return map;
  }
}
