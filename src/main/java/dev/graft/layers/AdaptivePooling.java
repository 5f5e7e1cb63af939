package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras 3's AdaptiveAveragePooling and AdaptiveMaxPooling: to a given size, whatever the input's.
 * Place i of n comes from the elements ⌊i·L/n⌋ to ⌈(i+1)·L/n⌉ of a dimension of length L. Source:
 * keras/src/layers/pooling/base_adaptive_pooling.py, Keras 3.15.
 *
 * @param sizes of the output, one a spatial dimension
 */
public record AdaptivePooling(Pooling kind, List<Integer> sizes, boolean channelsFirst)
    implements Unary {
  static AdaptivePooling read(Config c, Pooling kind, int rank) {
    List<Integer> sizes = Numbers.list(c, "output_size");
    if (sizes.size() == 1) {
      sizes = Collections.nCopies(rank, sizes.get(0));
    }
    if (sizes.size() != rank || sizes.stream().anyMatch(size -> size < 1)) {
      throw c.get("output_size").wrong(rank + " sizes of at least 1");
    }
    return new AdaptivePooling(kind, List.copyOf(sizes), ChannelOrder.first(c));
  }

  @Override
  public String className() {
    return "Adaptive" + kind.word() + "Pooling" + sizes.size() + "D";
  }

  private int axis(int place) {
    return place + (channelsFirst ? 2 : 1);
  }

  @Override
  public Spec output(Spec input) {
    Window.checkRank(input, sizes.size());
    long[] output = input.shape().asArray();
    for (int i = 0; i < sizes.size(); i++) {
      if (input.known(axis(i), className()) < sizes.get(i)) {
        throw new ShapeException(
            className() + ": there are no " + sizes + " windows in " + input + ".");
      }
      output[axis(i)] = sizes.get(i);
    }
    return input.with(output);
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Floats f = Floats.of(call);
    Operand<TFloat32> y = x;
    // One dimension after the other: the mean of means of windows of one size is their mean.
    for (int i = 0; i < sizes.size(); i++) {
      y = pooled(f, y, axis(i), call.specs().get(0).size(axis(i)), sizes.get(i));
    }
    return y;
  }

  private Operand<TFloat32> pooled(Floats f, Operand<TFloat32> x, int axis, long length, int size) {
    List<Operand<TFloat32>> places = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      long from = i * length / size;
      long to = ((i + 1) * length + size - 1) / size;
      Operand<TFloat32> window = f.slice(x, axis, (int) from, Extent.of(f.tf(), to), 1);
      places.add(kind == Pooling.MAX ? f.max(window, true, axis) : f.mean(window, true, axis));
    }
    return f.concat(places, axis);
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("output_size", sizes);
    config.put("data_format", ChannelOrder.keras(channelsFirst));
    return config;
  }
}
