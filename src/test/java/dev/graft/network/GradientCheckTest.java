package dev.graft.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.TrainingException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.Conv2d;
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

  private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> y) {
    return tf.reduceSum(tf.reshape(y, tf.constant(new int[] {-1})), tf.constant(0));
  }
}
