package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.progress.Progress;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.linalg.SelfAdjointEig;
import org.tensorflow.types.TFloat64;

/**
 * What is learned from the training pictures before training: Keras's {@code
 * ImageDataGenerator.fit}.
 *
 * <p>Pictures count as they are after {@code preprocess} and rescaling; Keras leaves its {@code
 * preprocessing_function} out here and applies it later, which is the same without one.
 *
 * @param center {@code featurewise_center}: the mean of each channel
 * @param std {@code featurewise_std_normalization}: the standard deviation of each channel
 * @param whiten {@code zca_whitening}
 * @param epsilon {@code zca_epsilon}
 */
record Fitting(boolean center, boolean std, boolean whiten, double epsilon) {
  /** The widest picture, in values, that is whitened: the matrix is this number squared. */
  private static final int WIDEST = 3 * 1024;

  private static final int BATCH = 64;

  /** Reads the keys of {@code augment}; what one asks for may turn another on, as in Keras. */
  static Fitting read(Config augment) {
    boolean whiten = augment.flag("zca_whitening", false);
    boolean std = augment.flag("featurewise_std_normalization", false) && !whiten;
    boolean center = augment.flag("featurewise_center", false) || std || whiten;
    return new Fitting(center, std, whiten, augment.number("zca_epsilon", 1e-6));
  }

  /**
   * Goes once over {@code train}.
   *
   * @param how with neither mean nor deviation
   */
  Standardization fit(Dataset train, Preprocessing how, Settings settings, Progress progress) {
    Standardization before = how.standardization();
    if (!center) {
      return before;
    }
    Preprocessing plain = how.standardized(Standardization.NONE);
    Preparation preparation = new Preparation(plain, Labels.SPARSE);
    Dataset unlabelled = train.unlabelled();
    progress.on(new Progress.PhaseStarted("fitting", train.size(), "images"));
    try (Examples examples = unlabelled.prepare(preparation, settings);
        Sums sums = sums(examples, settings)) {
      int done = 0;
      try (Batches batches = Batches.inOrder(examples, BATCH)) {
        while (batches.hasNext()) {
          try (Batch batch = batches.next()) {
            sums.add(batch.inputs().get(0));
            done += batch.size();
            progress.on(new Progress.Advanced(done, Map.of()));
          }
        }
      }
      progress.on(new Progress.PhaseEnded());
      return new Standardization(
          before.samplewiseCenter(),
          before.samplewiseStd(),
          sums.mean(),
          std ? sums.deviation() : null,
          whiten ? sums.whitening(epsilon) : null);
    }
  }

  private Sums sums(Examples examples, Settings settings) {
    var spec = examples.inputs().get(0).spec();
    long width = spec.perExample();
    if (whiten && (width < 0 || width > WIDEST)) {
      throw new SettingException(
          "data.augment.zca_whitening: expected pictures of at most "
              + WIDEST
              + " values, as 32 x 32 x 3, came "
              + spec
              + ". Make them smaller.");
    }
    return new Sums((int) spec.size(-1), whiten ? (int) width : 0, settings);
  }

  /** Running sums over pictures. */
  private static final class Sums implements AutoCloseable {
    private final int width;
    private final double[] sum;
    private final double[] squares;
    private final double[] places;
    private final double[] products;
    private final Settings settings;
    private final Graph graph = new Graph();
    private long pictures;
    private long pixels;

    Sums(int channels, int width, Settings settings) {
      this.width = width;
      this.sum = new double[channels];
      this.squares = new double[channels];
      this.places = new double[width];
      this.products = new double[width * width];
      this.settings = settings;
    }

    void add(Tensor batch) {
      float[] values = Tensors.read(batch);
      for (int i = 0; i < values.length; i++) {
        sum[i % sum.length] += values[i];
        squares[i % sum.length] += (double) values[i] * values[i];
      }
      pixels += values.length / sum.length;
      pictures += batch.shape().get(0);
      if (width > 0) {
        addProducts(values);
      }
    }

    /** Adds x^T x, in float64. */
    private void addProducts(float[] values) {
      double[] wide = new double[values.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = values[i];
        places[i % width] += values[i];
      }
      try (Graph once = new Graph();
          Tensor fed = Tensors.doubles(wide, values.length / width, width)) {
        Ops tf = Ops.create(once);
        Operand<TFloat64> x = tf.placeholder(TFloat64.class);
        Operand<TFloat64> product = tf.linalg.matMul(x, x, MatMul.transposeA(true));
        try (Session session = settings.open(once, Settings.Kind.TRAINING);
            Result result = session.runner().feed(x, fed).fetch(product).run()) {
          double[] part = Tensors.readDoubles(result.get(0));
          for (int i = 0; i < part.length; i++) {
            products[i] += part[i];
          }
        }
      }
    }

    float[] mean() {
      float[] mean = new float[sum.length];
      for (int c = 0; c < mean.length; c++) {
        mean[c] = (float) (sum[c] / pixels);
      }
      return mean;
    }

    float[] deviation() {
      float[] deviation = new float[sum.length];
      for (int c = 0; c < deviation.length; c++) {
        double mean = sum[c] / pixels;
        deviation[c] = (float) Math.sqrt(Math.max(0, squares[c] / pixels - mean * mean));
      }
      return deviation;
    }

    /**
     * U diag(sqrt(n) / (s + epsilon)) U^T of the centred pictures X = U s V^T. Keras takes the
     * singular values of X; here they are the roots of the eigenvalues of X X^T, which needs no
     * more memory for more pictures.
     */
    float[] whitening(double epsilon) {
      centre();
      Ops tf = Ops.create(graph);
      try (Tensor fed = Tensors.doubles(products, width, width)) {
        Operand<TFloat64> matrix = tf.placeholder(TFloat64.class);
        SelfAdjointEig<TFloat64> eigen = tf.linalg.selfAdjointEig(matrix);
        try (Session session = settings.open(graph, Settings.Kind.TRAINING);
            Result result =
                session.runner().feed(matrix, fed).fetch(eigen.e()).fetch(eigen.v()).run()) {
          return product(
              Tensors.readDoubles(result.get(0)), Tensors.readDoubles(result.get(1)), epsilon);
        }
      }
    }

    private void centre() {
      for (int i = 0; i < width; i++) {
        double a = sum[i % sum.length] / pixels;
        for (int j = 0; j < width; j++) {
          double b = sum[j % sum.length] / pixels;
          products[i * width + j] += pictures * a * b - a * places[j] - places[i] * b;
        }
      }
    }

    /** Eigenvalues ascend; of fewer pictures than values, only as many count as there are. */
    private float[] product(double[] values, double[] vectors, double epsilon) {
      float[] matrix = new float[width * width];
      int first = (int) Math.max(0, width - pictures);
      double[] scale = new double[width];
      for (int k = first; k < width; k++) {
        scale[k] = Math.sqrt((double) pictures) / (Math.sqrt(Math.max(0, values[k])) + epsilon);
      }
      double[] row = new double[width];
      for (int i = 0; i < width; i++) {
        for (int k = first; k < width; k++) {
          row[k] = vectors[i * width + k] * scale[k];
        }
        for (int j = 0; j < width; j++) {
          double total = 0;
          for (int k = first; k < width; k++) {
            total += row[k] * vectors[j * width + k];
          }
          matrix[i * width + j] = (float) total;
        }
      }
      return matrix;
    }

    @Override
    public void close() {
      graph.close();
    }
  }
}
