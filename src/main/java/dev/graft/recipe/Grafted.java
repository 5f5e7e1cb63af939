package dev.graft.recipe;

import dev.graft.export.Note;
import dev.graft.keras.KerasFile;
import dev.graft.layers.Model;
import dev.graft.train.Generation;
import java.util.Set;

/**
 * A model with the knowledge of where it came from.
 *
 * @param model the network
 * @param trunk names of the layers that came from a pretrained network
 * @param weights where first values come from
 * @param note what is known of its inputs
 * @param generation the Keras that wrote it, whose ways it is trained in
 */
public record Grafted(
    Model model, Set<String> trunk, WeightPlan weights, Note note, Generation generation) {
  /** A model made by Graft itself, which follows Keras 3. */
  Grafted(Model model, Set<String> trunk, WeightPlan weights, Note note) {
    this(model, trunk, weights, note, Generation.KERAS_3);
  }

  /**
   * The generation that wrote a file. What Graft wrote, in whatever dialect, goes on as Keras 3.
   */
  static Generation generation(KerasFile file) {
    return file.graft() != null ? Generation.KERAS_3 : Generation.of(file.generation());
  }

  /** The same with another network of the same trunk. */
  public Grafted with(Model other) {
    return new Grafted(other, trunk, weights, note, generation);
  }
}
