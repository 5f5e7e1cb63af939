package dev.graft.layers;

import dev.graft.error.ShapeException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.Shape;

/**
 * The static shape and type of a tensor.
 *
 * @param shape with the batch dimension first; -1 stands for a dimension not known
 * @param dtype the element type
 */
public record Spec(Shape shape, DType dtype) {
  /** A float32 tensor of these dimensions, batch first. */
  public static Spec floats(long... dimensions) {
    return new Spec(Shape.of(dimensions), DType.FLOAT32);
  }

  /** The number of dimensions, the batch included. */
  public int rank() {
    return shape.numDimensions();
  }

  /** The size of dimension {@code axis}; negative axes count from the end; -1 if not known. */
  public long size(int axis) {
    return shape.get(axis < 0 ? rank() + axis : axis);
  }

  /** The size of dimension {@code axis}, which must be known for {@code what}. */
  public long known(int axis, String what) {
    long size = size(axis);
    if (size < 0) {
      throw new ShapeException(
          what
              + ": expected a known size in dimension "
              + axis
              + ", came "
              + this
              + ". Give the model an input shape.");
    }
    return size;
  }

  /** Elements of one example: the product of all dimensions but the first; -1 if not known. */
  public long perExample() {
    long product = 1;
    for (int i = 1; i < rank(); i++) {
      if (size(i) < 0) {
        return -1;
      }
      product = Math.multiplyExact(product, size(i));
    }
    return product;
  }

  /** The same type with other dimensions. */
  public Spec with(long... dimensions) {
    return new Spec(Shape.of(dimensions), dtype);
  }

  /** The same tensor with the last dimension replaced. */
  public Spec withLast(long size) {
    long[] dimensions = shape.asArray();
    dimensions[dimensions.length - 1] = size;
    return with(dimensions);
  }

  /** The same shape with another type. */
  public Spec as(DType other) {
    return new Spec(shape, other);
  }

  /** TensorFlow's shapes are never equal where a size is not known; these are. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Spec spec
        && dtype == spec.dtype
        && Arrays.equals(shape.asArray(), spec.shape.asArray());
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape.asArray()) + dtype.hashCode();
  }

  /** The shape as Keras prints it: {@code (None, 56, 56, 3)}. */
  @Override
  public String toString() {
    long[] d = shape.asArray();
    String inner =
        Arrays.stream(d)
            .mapToObj(n -> n < 0 ? "None" : Long.toString(n))
            .collect(Collectors.joining(", "));
    return "(" + inner + (d.length == 1 ? ",)" : ")");
  }
}
