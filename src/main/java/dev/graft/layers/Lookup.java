package dev.graft.layers;

import java.util.List;

/**
 * A layer that looks words up. What it knows stands in its settings, wherever a file had it: Keras
 * keeps what {@code adapt()} found beside the settings.
 */
public interface Lookup extends Layer {
  /** What each place weighs in the mode tf_idf, those that pad the output included; or null. */
  List<Double> placeWeights();

  /** The words it knows, as text; numbers as their digits. */
  List<String> known();
}
