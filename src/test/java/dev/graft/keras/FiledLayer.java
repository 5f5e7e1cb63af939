package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;

/** A layer as it stands in a file, read on the way that files are read. */
public final class FiledLayer {
  private FiledLayer() {}

  /**
   * The layer of {@code {"class_name": …, "config": …}}.
   *
   * @param generation of the Keras whose words these are
   */
  public static Layer read(Config item, int generation) {
    LayerReader.Networks none =
        (document, trainable) -> {
          throw new IllegalArgumentException(document.where() + ": a network is no layer here");
        };
    return new LayerReader(item.where(), new Dialect(generation), Layers.standard(), none)
        .read(item, true)
        .layer();
  }
}
