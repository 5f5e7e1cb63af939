package dev.graft.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.runtime.Tensors;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/** What is done to a frozen graph before it runs. */
class GraphDefsTest {
  private static final int SIZE = 20;

  /** x · weights, where the weights come through two identities and the result through one. */
  private static GraphDef frozen() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x =
          tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, SIZE)));
      float[][] values = new float[SIZE][SIZE];
      for (int i = 0; i < SIZE; i++) {
        values[i][SIZE - 1 - i] = i;
      }
      Operand<TFloat32> weights = tf.withName("weights").constant(values);
      Operand<TFloat32> read =
          tf.withName("read").identity(tf.withName("handed").identity(weights));
      tf.withName("out").identity(tf.withName("product").linalg.matMul(x, read));
      return graph.toGraphDef();
    }
  }

  private static Set<String> names(GraphDef graph) {
    return graph.getNodeList().stream().map(NodeDef::getName).collect(Collectors.toSet());
  }

  private static float[] run(GraphDef definition) {
    float[] x = new float[SIZE];
    x[3] = 2;
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        Tensor fed = Tensors.floats(x, 1, SIZE)) {
      graph.importGraphDef(definition);
      try (Result result = session.runner().feed("x", fed).fetch("out").run()) {
        return Tensors.read(result.get(0));
      }
    }
  }

  @Test
  void weightsAreTakenAtTheirPlace() {
    GraphDef direct = GraphDefs.direct(frozen(), List.of("out:0"));
    assertThat(names(direct)).containsExactlyInAnyOrder("x", "weights", "product", "out");
    assertThat(run(direct)).isEqualTo(run(frozen())).contains(6f);
  }

  @Test
  void anIdentityThatIsAskedForStays() {
    assertThat(names(GraphDefs.direct(frozen(), List.of("read:0"))))
        .containsExactlyInAnyOrder("weights", "read");
  }

  @Test
  void anOutlineHasTheShapesAndNotTheNumbers() {
    GraphDef outline = GraphDefs.outline(frozen());
    assertThat(outline.getSerializedSize()).isLessThan(1000);
    try (Graph graph = new Graph()) {
      graph.importGraphDef(outline);
      assertThat(graph.operation("out").output(0).shape()).isEqualTo(Shape.of(1, SIZE));
      assertThat(graph.operation("weights").output(0).shape()).isEqualTo(Shape.of(SIZE, SIZE));
    }
  }
}
