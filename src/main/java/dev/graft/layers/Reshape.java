package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Reshape: the elements of an example in another shape.
 *
 * @param targetShape without the batch; one size may be -1, which means the rest
 */
public record Reshape(List<Integer> targetShape) implements Unary {
  static Reshape read(Config c) {
    List<Integer> shape =
        c.get("target_shape").items().stream()
            .map(item -> item.isNull() ? -1 : item.integer())
            .toList();
    if (shape.stream().filter(n -> n == -1).count() > 1 || shape.stream().anyMatch(n -> n < -1)) {
      throw c.get("target_shape").wrong("sizes of which at most one is -1");
    }
    return new Reshape(shape);
  }

  @Override
  public Spec output(Spec input) {
    long elements = input.perExample();
    long product =
        targetShape.stream().filter(n -> n >= 0).mapToLong(n -> n).reduce(1, Math::multiplyExact);
    boolean open = targetShape.contains(-1);
    if (elements >= 0 && (open ? product == 0 || elements % product != 0 : elements != product)) {
      throw new ShapeException(
          "Reshape: " + elements + " elements do not fit into " + targetShape + ".");
    }
    long[] sizes = new long[targetShape.size() + 1];
    sizes[0] = input.size(0);
    for (int i = 1; i < sizes.length; i++) {
      int size = targetShape.get(i - 1);
      sizes[i] = size >= 0 ? size : elements < 0 ? -1 : elements / product;
    }
    return input.with(sizes);
  }

  @Override
  public Operand<TFloat32> apply(Call call, Operand<TFloat32> x) {
    Floats f = Floats.of(call);
    Spec in = call.specs().get(0);
    long[] target = output(in).shape().asArray();
    Extent[] sizes = new Extent[target.length];
    sizes[0] = Extent.of(f.tf(), x, in, 0);
    for (int i = 1; i < target.length; i++) {
      sizes[i] = Extent.of(f.tf(), target[i]);
    }
    return f.tf().reshape(x, target(f, sizes));
  }

  /** A size of -1 stands for the rest; then the batch must be given. */
  private static Operand<org.tensorflow.types.TInt32> target(Floats f, Extent[] sizes) {
    boolean open = java.util.Arrays.stream(sizes).skip(1).anyMatch(size -> size.known() == -1);
    return open ? Extent.vector(f.tf(), sizes) : Extent.shape(f.tf(), sizes);
  }

  @Override
  public Map<String, Object> config() {
    return Map.of("target_shape", targetShape);
  }
}
