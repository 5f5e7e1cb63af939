package dev.graft.doctor;

import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;

/**
 * One convolution on one device in one precision, held against the same sums in Java.
 *
 * @param error largest difference, as a share of the largest value
 * @param millis median time of a run
 * @param device where the convolution was run, as {@code --device} names it
 */
record Trial(double error, double millis, String device) {
  private static final int SIZE = 64;
  private static final int IN = 32;
  private static final int OUT = 64;
  private static final int KERNEL = 3;
  private static final int RUNS = 7;

  /** Runs it with {@code settings}. */
  static Trial of(Settings settings) {
    float[] x = numbers(SIZE * SIZE * IN, 1);
    float[] w = numbers(KERNEL * KERNEL * IN * OUT, 2);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      var image = tf.placeholder(TFloat32.class);
      var kernel = tf.placeholder(TFloat32.class);
      // Not the convolution itself: what is fetched is not rewritten to another precision.
      Operand<TFloat32> y =
          tf.math.neg(tf.nn.conv2d(image, kernel, List.of(1L, 1L, 1L, 1L), "VALID"));
      try (Session session = settings.open(graph, Settings.Kind.INFERENCE);
          Tensor picture = Tensors.floats(x, 1, SIZE, SIZE, IN);
          Tensor weights = Tensors.floats(w, KERNEL, KERNEL, IN, OUT)) {
        double[] millis = new double[RUNS];
        float[] came = null;
        for (int i = -1; i < RUNS; i++) {
          long began = System.nanoTime();
          try (Result result =
              session.runner().feed(image, picture).feed(kernel, weights).fetch(y).run()) {
            came = Tensors.read(result.get(0));
          }
          if (i >= 0) {
            millis[i] = (System.nanoTime() - began) / 1e6;
          }
        }
        Arrays.sort(millis);
        Session.Runner traced =
            session.runner().feed(image, picture).feed(kernel, weights).fetch(y);
        return new Trial(error(came, x, w), millis[RUNS / 2], place(traced));
      }
    }
  }

  /** Where TensorFlow placed the convolution, by the graphs that it says it ran. */
  private static String place(Session.Runner runner) {
    RunOptions options = RunOptions.newBuilder().setOutputPartitionGraphs(true).build();
    try (Result result = runner.setOptions(options).runAndFetchMetadata()) {
      return result.getMetadata().stream()
          .flatMap(metadata -> metadata.getPartitionGraphsList().stream())
          .flatMap(part -> part.getNodeList().stream())
          .filter(node -> node.getOp().contains("Conv2D"))
          .map(node -> node.getDevice().replaceFirst(".*device:", "").toLowerCase(Locale.ROOT))
          // The only processor there is has no number in our words.
          .map(name -> name.startsWith("cpu") ? "cpu" : name)
          .findFirst()
          .orElse("an unknown device");
    }
  }

  private static float[] numbers(int count, long seed) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextFloat() - 0.5f;
    }
    return numbers;
  }

  private static double error(float[] came, float[] x, float[] w) {
    double largest = 0;
    double apart = 0;
    int side = SIZE - KERNEL + 1;
    // Every 97th value: all of them would take Java longer than all the rest.
    for (int at = 0; at < came.length; at += 97) {
      int channel = at % OUT;
      int column = at / OUT % side;
      int row = at / OUT / side;
      double sum = 0;
      for (int k = 0; k < KERNEL * KERNEL * IN; k++) {
        int in = k % IN;
        int dx = k / IN % KERNEL;
        int dy = k / IN / KERNEL;
        sum += (double) x[((row + dy) * SIZE + column + dx) * IN + in] * w[k * OUT + channel];
      }
      largest = Math.max(largest, Math.abs(sum));
      apart = Math.max(apart, Math.abs(sum + came[at]));
    }
    return apart / largest;
  }
}
