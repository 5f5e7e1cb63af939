package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Keras's Permute: the dimensions of an example (from 1) in another order. */
public record Permute(List<Integer> dims) implements Unary {
  static Permute read(Config c) {
    List<Integer> dims = Numbers.list(c, "dims");
    if (!dims.stream()
        .sorted()
        .toList()
        .equals(IntStream.rangeClosed(1, dims.size()).boxed().toList())) {
      throw c.get("dims").wrong("the numbers 1 to " + dims.size() + " in some order");
    }
    return new Permute(dims);
  }

  @Override
  public Spec output(Spec input) {
    if (input.rank() != dims.size() + 1) {
      throw new ShapeException(
          "Permute" + dims + ": expected " + (dims.size() + 1) + " dimensions.");
    }
    long[] sizes = new long[input.rank()];
    sizes[0] = input.size(0);
    for (int i = 0; i < dims.size(); i++) {
      sizes[i + 1] = input.size(dims.get(i));
    }
    return input.with(sizes);
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    return Floats.of(call)
        .transpose(x, IntStream.concat(IntStream.of(0), dims.stream().mapToInt(d -> d)).toArray());
  }

  @Override
  public Map<String, Object> config() {
    return Map.of("dims", dims);
  }
}
