package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The table of layers by Keras class name. Immutable: {@link #with} gives a new table.
 *
 * <p>Configs are in Keras 3's words; the dialects of older files are translated before they get
 * here.
 */
public final class Layers {
  /** Makes a layer from its Keras config; {@code layers} serves layers inside layers. */
  @FunctionalInterface
  public interface Reader {
    /** Reads every key it understands; the caller refuses the rest. */
    Layer read(Config config, Layers layers);
  }

  private final Map<String, Reader> readers;

  private Layers(Map<String, Reader> readers) {
    this.readers = readers;
  }

  /** The layers Graft knows. */
  public static Layers standard() {
    Map<String, Reader> table = new LinkedHashMap<>();
    table.put("Activation", (c, l) -> ActivationLayer.read(c));
    table.put("BatchNormalization", (c, l) -> BatchNormalization.read(c));
    table.put("Conv2D", (c, l) -> Conv2D.read(c));
    table.put("Dense", (c, l) -> Dense.read(c));
    table.put("Dropout", (c, l) -> Dropout.read(c));
    table.put("Flatten", (c, l) -> Flatten.read(c));
    table.put("GlobalAveragePooling2D", (c, l) -> GlobalPooling2D.read(c, Pooling.AVERAGE));
    table.put("GlobalMaxPooling2D", (c, l) -> GlobalPooling2D.read(c, Pooling.MAX));
    table.put("AveragePooling2D", (c, l) -> Pooling2D.read(c, Pooling.AVERAGE));
    table.put("MaxPooling2D", (c, l) -> Pooling2D.read(c, Pooling.MAX));
    return new Layers(table);
  }

  /** This table with one more layer, or another reader for a known class. */
  public Layers with(String className, Reader reader) {
    Map<String, Reader> more = new LinkedHashMap<>(readers);
    more.put(className, reader);
    return new Layers(more);
  }

  /** The class names this table knows. */
  public Set<String> names() {
    return Set.copyOf(readers.keySet());
  }

  /** True when {@link #read} knows {@code className}. */
  public boolean knows(String className) {
    return readers.containsKey(className);
  }

  /** The layer of class {@code className} with these settings; unread settings are left over. */
  public Layer read(String className, Config config) {
    Reader reader = readers.get(className);
    if (reader == null) {
      throw new UnsupportedException(
          config.where()
              + ": Graft has no layer '"
              + className
              + "'."
              + Nearest.hint(className, readers.keySet())
              + " A layer of your own is registered with Layers.with(name, reader).");
    }
    return reader.read(config, this);
  }
}
