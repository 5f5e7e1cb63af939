package dev.graft.train;

import dev.graft.config.Config;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Net;
import dev.graft.layers.Ref;
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
    Net net = new Net("net");
    Ref last = net.input("input", input(input).spec());
    List<Ref> ends = new ArrayList<>();
    int left = list.items().size();
    for (Config layer : list.items()) {
      Config.Named named = layer.named();
      String name = named.config().string("name");
      Layer read = Layers.standard().read(named.className(), named.config());
      Ref out = net.put(new Model.Entry(name, !frozen.contains(name), read), last);
      if (left-- > outputs) {
        last = out;
      } else {
        ends.add(out);
      }
    }
    return net.model(ends.toArray(Ref[]::new));
  }

  static InputLayer input(long... perExample) {
    long[] shape = new long[perExample.length + 1];
    shape[0] = -1;
    System.arraycopy(perExample, 0, shape, 1, perExample.length);
    return new InputLayer(dev.graft.layers.Spec.floats(shape));
  }
}
