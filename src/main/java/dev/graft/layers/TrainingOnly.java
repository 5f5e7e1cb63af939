package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A layer of Keras that does nothing outside of training, and whose training Graft has not: a
 * network with it predicts, and is refused when it is to be trained.
 *
 * @param name Keras's class
 * @param settings as the file has them
 */
public record TrainingOnly(String name, Map<String, Object> settings) implements Unary {
  @SuppressWarnings("unchecked")
  static TrainingOnly read(Config c, String name) {
    Map<String, Object> settings = new LinkedHashMap<>((Map<String, Object>) c.plain());
    settings.keySet().removeIf(key -> key.matches("name|trainable|dtype|batch_input_shape"));
    c.ignore(settings.keySet().toArray(String[]::new));
    return new TrainingOnly(name, settings);
  }

  @Override
  public String className() {
    return name;
  }

  @Override
  public boolean random() {
    return true;
  }

  @Override
  public Spec output(Spec input) {
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    if (call.training()) {
      throw new UnsupportedException(
          name
              + ": Graft has it for prediction, where it does nothing, and cannot train with it."
              + " Remove the layer, and augment in the recipe instead.");
    }
    return x;
  }

  @Override
  public Map<String, Object> config() {
    return settings;
  }
}
