package dev.graft.recipe;

import dev.graft.train.History;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The best validation (else training) loss and accuracy on the last stage's data. */
record Best(Recipe recipe, History history) {
  /** By name, as in {@code best val_loss}. */
  Map<String, Double> figures() {
    Map<String, Double> best = new LinkedHashMap<>();
    for (String name : List.of("val_loss", "val_accuracy", "loss", "accuracy")) {
      List<Double> values =
          history.epochs().stream()
              .filter(epoch -> onLastData(epoch.stage()) && epoch.logs().containsKey(name))
              .map(epoch -> epoch.logs().get(name))
              .toList();
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

  private boolean onLastData(String name) {
    for (int i = 0; i < recipe.stages().size(); i++) {
      if (recipe.data(i).equals(recipe.data())
          && recipe.stages().get(i).stage().name().equals(name)) {
        return true;
      }
    }
    return false;
  }
}
