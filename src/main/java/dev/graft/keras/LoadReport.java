package dev.graft.keras;

import dev.graft.config.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/**
 * What became of every tensor of a model and of a weights file.
 *
 * @param file the weights file
 * @param tensors the model's tensors in its order, then the file's that were not used
 */
public record LoadReport(String file, List<Item> tensors) {
  /** Copies its list. */
  public LoadReport {
    tensors = List.copyOf(tensors);
  }

  /** What became of a tensor. */
  public enum Outcome {
    /** The model's tensor has the file's values. */
    LOADED,
    /** The model's tensor starts afresh. */
    INITIALISED,
    /** The file's tensor is not used. */
    SKIPPED
  }

  /**
   * One tensor.
   *
   * @param outcome what became of it
   * @param variable the model's name for it ({@code layer/slot}); null when the model has none
   * @param shape the model's shape, or null
   * @param stored the file's name for it; null when the file has none
   * @param storedShape the file's shape, or null
   * @param why the reason, when it was not loaded; else empty
   */
  public record Item(
      Outcome outcome, String variable, Shape shape, String stored, Shape storedShape, String why) {
    /** One line for people. */
    public String text() {
      String line =
          String.format(
              Locale.ROOT,
              "%-11s %s %s",
              word(outcome),
              variable == null ? stored : variable,
              StoredTensor.text(shape == null ? storedShape : shape));
      if (variable != null && stored != null) {
        line += " from " + stored;
        if (!shape.equals(storedShape)) {
          line += " " + StoredTensor.text(storedShape);
        }
      }
      return why.isEmpty() ? line : line + ": " + why;
    }
  }

  /** How many tensors had this outcome. */
  public long count(Outcome outcome) {
    return tensors.stream().filter(item -> item.outcome() == outcome).count();
  }

  /** One line for people: {@code 26 tensors loaded, 0 initialised, 6 skipped}. */
  public String summary() {
    return count(Outcome.LOADED)
        + " tensors loaded, "
        + count(Outcome.INITIALISED)
        + " initialised, "
        + count(Outcome.SKIPPED)
        + " skipped";
  }

  /** One line a tensor for people. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Item item : tensors) {
      text.append(item.text()).append('\n');
    }
    return text.toString();
  }

  /**
   * As JSON: {@code {file, loaded, initialised, skipped, tensors: [{outcome, variable, shape,
   * stored, stored_shape, why}]}}.
   */
  public String json() {
    return Json.pretty(plain());
  }

  /** As plain data, of the form of {@link #json}. */
  public Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("file", file);
    for (Outcome outcome : Outcome.values()) {
      plain.put(word(outcome), count(outcome));
    }
    List<Object> items = new ArrayList<>();
    for (Item item : tensors) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("outcome", word(item.outcome()));
      one.put("variable", item.variable());
      one.put("shape", item.shape() == null ? null : item.shape().asArray());
      one.put("stored", item.stored());
      one.put("stored_shape", item.storedShape() == null ? null : item.storedShape().asArray());
      one.put("why", item.why());
      items.add(one);
    }
    plain.put("tensors", items);
    return plain;
  }

  private static String word(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }
}
