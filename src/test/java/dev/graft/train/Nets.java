package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Small models from Keras configs, for tests. */
final class Nets {
  private Nets() {}

  /** The layers of {@code list} one after the other, under the names in their configs. */
  static Model sequential(Config list, Set<String> frozen, long... input) {
    return chain(list, frozen, 1, input);
  }

  /** The same, the last {@code outputs} layers beside each other, an output each. */
  static Model chain(Config list, Set<String> frozen, int outputs, long... input) {
    List<Model.Entry> entries = new ArrayList<>();
    List<Use> uses = new ArrayList<>();
    List<Ref> ends = new ArrayList<>();
    entries.add(new Model.Entry("input", true, input(input)));
    uses.add(Use.of("input"));
    Ref last = Ref.of("input");
    int left = list.items().size();
    for (Config layer : list.items()) {
      Config.Named named = layer.named();
      String name = named.config().string("name");
      entries.add(
          new Model.Entry(
              name,
              !frozen.contains(name),
              Layers.standard().read(named.className(), named.config())));
      uses.add(Use.of(name, last));
      if (left-- > outputs) {
        last = Ref.of(name);
      } else {
        ends.add(Ref.of(name));
      }
    }
    return new Model("net", Model.Form.FUNCTIONAL, entries, uses, List.of(Ref.of("input")), ends);
  }

  static InputLayer input(long... perExample) {
    long[] shape = new long[perExample.length + 1];
    shape[0] = -1;
    System.arraycopy(perExample, 0, shape, 1, perExample.length);
    return new InputLayer(dev.graft.layers.Spec.floats(shape));
  }
}
