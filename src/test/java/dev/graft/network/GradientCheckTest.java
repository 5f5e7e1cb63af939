package dev.graft.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.TrainingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

class GradientCheckTest {
  @Test
  void opWithoutGradientIsRefusedByName() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Variable x = Variable.create(tf, "layer/x", Shape.of(2, 3), true);
      Operand<TFloat32> y =
          tf.withSubScope("bent").math.erfc(tf.math.mul(x.read(), tf.constant(2f)));
      assertThatThrownBy(() -> GradientCheck.reached(graph, sum(tf, y).asOutput(), List.of(x)))
          .isInstanceOf(TrainingException.class)
          .hasMessage(
              "op Erfc ('bent/Erfc') lies between the loss and a trainable weight, and"
                  + " TensorFlow's native gradient of it is missing or was not checked. Freeze the"
                  + " layers before it, or replace the layer.");
    }
  }

  @Test
  void sameOpBesideTheWayIsNoMatter() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Variable x = Variable.create(tf, "layer/x", Shape.of(2, 3), true);
      Variable other = Variable.create(tf, "layer/other", Shape.of(2, 3), true);
      Operand<TFloat32> frozen = tf.math.erfc(tf.constant(new float[2][3]));
      Operand<TFloat32> y = tf.math.mul(x.read(), frozen);
      assertThat(GradientCheck.reached(graph, sum(tf, y).asOutput(), List.of(x, other)))
          .containsExactly(x);
    }
  }

  @Test
  void dilatedConvolutionIsRefused() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Variable kernel = Variable.create(tf, "layer/kernel", Shape.of(3, 3, 1, 1), true);
      Operand<TFloat32> y =
          tf.nn.conv2d(
              tf.constant(new float[1][9][9][1]),
              kernel.read(),
              List.of(1L, 1L, 1L, 1L),
              "SAME",
              Conv2d.dilations(1L, 2L, 2L, 1L));
      assertThatThrownBy(() -> GradientCheck.reached(graph, sum(tf, y).asOutput(), List.of(kernel)))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("native gradient of a dilated convolution is wrong");
    }
  }

  /** One op whose native gradient is missing, fails or is wrong; its first input is trained. */
  private record Trap(String op, long[] shape, List<Object> rest, Map<String, Object> settings) {
    static Trap of(String op, long... shape) {
      return new Trap(op, shape, List.of(), Map.of());
    }

    Trap with(Object... inputs) {
      return new Trap(op, shape, List.of(inputs), settings);
    }

    Trap set(String name, Object value) {
      Map<String, Object> more = new LinkedHashMap<>(settings);
      more.put(name, value);
      return new Trap(op, shape, rest, more);
    }

    @Override
    public String toString() {
      return op + settings.keySet();
    }
  }

  private static float[] floats(int count) {
    float[] values = new float[count];
    Arrays.fill(values, 0.5f);
    return values;
  }

  static List<Trap> traps() {
    List<Trap> all = new ArrayList<>(withoutGradient());
    all.addAll(withWrongGradient());
    return all;
  }

  private static List<Trap> withoutGradient() {
    long[] picture = {1, 4, 4, 2};
    long[] four = {1, 2, 2, 1};
    long[] ones = {1, 1, 1, 1};
    float[][] two = {{1, 2}, {3, 4}};
    return List.of(
        Trap.of("SparseSoftmaxCrossEntropyWithLogits", 2, 2).with(new int[] {0, 1}),
        Trap.of("Conv3D", 1, 3, 3, 3, 1)
            .with((Object) new float[1][1][1][1][1])
            .set("strides", new long[] {1, 1, 1, 1, 1})
            .set("padding", "SAME"),
        Trap.of("FusedBatchNorm", picture).with(floats(2), floats(2), new float[0], new float[0]),
        Trap.of("FusedBatchNormV2", picture)
            .with(floats(2), floats(2), new float[0], new float[0])
            .set("U", DataType.DT_FLOAT),
        Trap.of("MaxPoolWithArgmax", picture)
            .set("ksize", four)
            .set("strides", four)
            .set("padding", "VALID"),
        Trap.of("Dilation2D", picture)
            .with((Object) new float[2][2][2])
            .set("strides", ones)
            .set("rates", ones)
            .set("padding", "SAME"),
        Trap.of("Erfc", 2, 2),
        Trap.of("Digamma", 2, 2),
        Trap.of("Xlogy", 2, 2).with((Object) two),
        Trap.of("Xdivy", 2, 2).with((Object) two),
        Trap.of("MulNoNan", 2, 2).with((Object) two),
        Trap.of("FloorMod", 2, 2).with((Object) two),
        Trap.of("Atan2", 2, 2).with((Object) two),
        Trap.of("EuclideanNorm", 2, 2).with(new int[] {0}),
        Trap.of("Cumprod", 2, 2).with(0),
        Trap.of("Gather", 2, 2).with(new int[] {0}),
        Trap.of("ResizeArea", picture).with(new int[] {2, 2}),
        Trap.of("TensorScatterAdd", 2, 2)
            .with((Object) new int[][] {{0}}, (Object) new float[][] {{1, 1}}),
        Trap.of("TensorScatterUpdate", 2, 2)
            .with((Object) new int[][] {{0}}, (Object) new float[][] {{1, 1}}),
        Trap.of("TopKV2", 2, 2).with(1),
        Trap.of("SegmentMean", 2, 2).with(new int[] {0, 0}),
        Trap.of("ExtractImagePatches", picture)
            .set("ksizes", four)
            .set("strides", ones)
            .set("rates", ones)
            .set("padding", "VALID"),
        Trap.of("MatrixDiagV3", 2).with(0, -1, -1, 0f),
        Trap.of("Snapshot", 2, 2),
        Trap.of("PreventGradient", 2, 2));
  }

  private static List<Trap> withWrongGradient() {
    long[] picture = {1, 4, 4, 2};
    long[] four = {1, 2, 2, 1};
    long[] ones = {1, 1, 1, 1};
    long[] padding = {0, 0, 1, 1, 1, 1, 0, 0};
    return List.of(
        Trap.of("Conv2D", picture)
            .with((Object) new float[2][2][2][1])
            .set("strides", ones)
            .set("padding", "SAME")
            .set("dilations", four),
        Trap.of("DepthwiseConv2dNative", picture)
            .with((Object) new float[2][2][2][1])
            .set("strides", ones)
            .set("padding", "SAME")
            .set("dilations", four),
        Trap.of("Conv2D", picture)
            .with((Object) new float[2][2][2][1])
            .set("strides", ones)
            .set("padding", "EXPLICIT")
            .set("explicit_paddings", padding),
        Trap.of("MaxPool", picture)
            .set("ksize", four)
            .set("strides", four)
            .set("padding", "EXPLICIT")
            .set("explicit_paddings", padding),
        Trap.of("LRN", picture).set("depth_radius", 2L),
        Trap.of("LRN", picture).set("alpha", 0.5f));
  }

  /** Every op that TensorFlow's registry differentiates wrongly or not at all. */
  @ParameterizedTest
  @MethodSource("traps")
  void everyTrapIsRefusedByName(Trap trap) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Variable x = Variable.create(tf, "layer/x", Shape.of(trap.shape()), true);
      OperationBuilder builder =
          graph.opBuilder(trap.op(), "trap", tf.scope()).addInput(x.read().asOutput());
      trap.rest().forEach(input -> builder.addInput(constant(tf, input).asOutput()));
      trap.settings().forEach((name, value) -> set(builder, name, value));
      Operation op = builder.build();
      org.tensorflow.Output<?> y = op.output(0);
      assertThatThrownBy(() -> GradientCheck.between(graph, x.read().asOutput(), y))
          .isInstanceOf(TrainingException.class)
          .hasMessageStartingWith("op " + trap.op() + " ('trap') lies between the loss");
    }
  }

  private static Operand<?> constant(Ops tf, Object value) {
    if (value instanceof Integer number) {
      return tf.constant(number);
    } else if (value instanceof Float number) {
      return tf.constant(number);
    } else if (value instanceof int[] numbers) {
      return tf.constant(numbers);
    } else if (value instanceof int[][] numbers) {
      return tf.constant(numbers);
    } else if (value instanceof float[] numbers) {
      return tf.constant(numbers);
    } else if (value instanceof float[][] numbers) {
      return tf.constant(numbers);
    } else if (value instanceof float[][][] numbers) {
      return tf.constant(numbers);
    } else if (value instanceof float[][][][] numbers) {
      return tf.constant(numbers);
    }
    return tf.constant((float[][][][][]) value);
  }

  private static void set(OperationBuilder builder, String name, Object value) {
    if (value instanceof long[] numbers) {
      builder.setAttr(name, numbers);
    } else if (value instanceof Long number) {
      builder.setAttr(name, number);
    } else if (value instanceof Float number) {
      builder.setAttr(name, number);
    } else if (value instanceof DataType type) {
      builder.setAttr(name, type);
    } else {
      builder.setAttr(name, (String) value);
    }
  }

  private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> y) {
    return tf.reduceSum(tf.reshape(y, tf.constant(new int[] {-1})), tf.constant(0));
  }
}
