package dev.graft.recipe;

import dev.graft.export.Note;
import dev.graft.layers.Model;
import java.util.Set;

/**
 * A model with the knowledge of where it came from.
 *
 * @param model the network
 * @param trunk names of the layers that came from a pretrained network
 * @param weights where first values come from
 * @param note what is known of its inputs
 */
public record Grafted(Model model, Set<String> trunk, WeightPlan weights, Note note) {
  /** The same with another network of the same trunk. */
  public Grafted with(Model other) {
    return new Grafted(other, trunk, weights, note);
  }
}
