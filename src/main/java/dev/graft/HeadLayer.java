package dev.graft;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A layer of a new head, in Keras's words; any class that {@link dev.graft.layers.Layers} knows.
 *
 * @param className Keras's, such as {@code Dense}
 * @param settings Keras's arguments; the value {@code "classes"} stands for the number of classes
 *     in the data
 */
public record HeadLayer(String className, Map<String, Object> settings) {
  /** Copies its settings. */
  public HeadLayer {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** Any layer with its settings. */
  public static HeadLayer layer(String className, Map<String, Object> settings) {
    return new HeadLayer(className, settings);
  }

  /** (batch, …) to (batch, product of all other sizes). */
  public static HeadLayer flatten() {
    return layer("Flatten", Map.of());
  }

  /** A dense layer with a bias: (batch, n) to (batch, units). */
  public static HeadLayer dense(int units, String activation) {
    return layer("Dense", Map.of("units", units, "activation", activation));
  }

  /** A dense layer with a unit for each class of the data, as many as there are. */
  public static HeadLayer classes(String activation) {
    return layer("Dense", Map.of("units", "classes", "activation", activation));
  }

  /** Zeroes a share of its inputs, 0 to 1, in training. */
  public static HeadLayer dropout(double rate) {
    return layer("Dropout", Map.of("rate", rate));
  }

  /** Batch normalization over the last axis. */
  public static HeadLayer batchNormalization() {
    return layer("BatchNormalization", Map.of());
  }

  /** (batch, height, width, channels) to (batch, channels), their means. */
  public static HeadLayer globalAveragePooling2D() {
    return layer("GlobalAveragePooling2D", Map.of());
  }

  /** (batch, height, width, channels) to (batch, channels), their maxima. */
  public static HeadLayer globalMaxPooling2D() {
    return layer("GlobalMaxPooling2D", Map.of());
  }

  Map<String, Object> recipe() {
    return Map.of(className, settings);
  }
}
