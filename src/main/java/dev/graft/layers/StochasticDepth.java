package dev.graft.layers;

import dev.graft.config.Config;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * ConvNeXt's own layer: in training whole examples are set to 0 and the others scaled up. Source:
 * keras/src/applications/convnext.py, Keras 3.15.
 *
 * @param dropPathRate the share dropped, 0 to 1
 */
public record StochasticDepth(double dropPathRate) implements Unary {
  static StochasticDepth read(Config c) {
    return new StochasticDepth(Numbers.share(c, "drop_path_rate"));
  }

  @Override
  public String module() {
    return "keras.src.applications.convnext";
  }

  @Override
  public boolean random() {
    return dropPathRate > 0;
  }

  @Override
  public Spec output(Spec input) {
    return input;
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    List<Integer> sizes =
        new ArrayList<>(Collections.nCopies(call.specs().get(0).rank(), (Integer) 1));
    sizes.set(0, null);
    return Drops.drop(call, x, dropPathRate, sizes, null);
  }

  @Override
  public Map<String, Object> config() {
    return Map.of("drop_path_rate", dropPathRate);
  }
}
