package dev.graft.network;

import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Ref;
import dev.graft.layers.Use;
import java.util.HashMap;
import java.util.Map;

/** How much of a model can be computed side by side. */
final class Width {
  private Width() {}

  /**
   * How many uses of layers the same tensor goes to at most: 1 in a straight line such as VGG16, 2
   * where there are residual connections, more where there are branches. Nested models are looked
   * into. {@link Integer#MAX_VALUE} where a layer branches inside.
   */
  static int of(Model model) {
    int widest = 1;
    Map<Ref, Integer> counts = new HashMap<>();
    for (Use use : model.uses()) {
      for (Ref ref : use.inputs()) {
        widest = Math.max(widest, counts.merge(ref, 1, Integer::sum));
      }
    }
    for (Model.Entry entry : model.layers()) {
      if (entry.layer().branches()) {
        return Integer.MAX_VALUE;
      }
      if (entry.layer() instanceof Nested nested) {
        widest = Math.max(widest, of(nested.model()));
      }
    }
    return widest;
  }
}
