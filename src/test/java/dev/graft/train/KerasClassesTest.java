package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.error.GraftException;
import dev.graft.layers.Constraints;
import dev.graft.layers.Initializers;
import dev.graft.layers.Regularizers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every class of Keras 3.15 and tf_keras 2.18 is there, or is refused with a reason. The lists are
 * what Python's {@code vars(keras.losses)} and so on say, without abstract classes.
 */
class KerasClassesTest {
  private static final Map<String, Consumer<Config>> READERS =
      Map.of(
          "losses", Losses::read,
          "metrics", Metrics::read,
          "optimizers", Optimizers::read,
          "regularizers", c -> Regularizers.read(Config.of(Map.of("k", c.plain()), "test"), "k"),
          "constraints", c -> Constraints.read(Config.of(Map.of("k", c.plain()), "test"), "k"),
          "initializers",
              c -> Initializers.read(Config.of(Map.of("k", c.plain()), "test"), "k", "zeros"),
          "callbacks",
              c ->
                  Callbacks.read(
                      Config.of(List.of(c.plain()), "test"),
                      new Callbacks.Setting(Path.of("x"), (t, f, w) -> {}, Map.of())));

  @ParameterizedTest
  @CsvSource({
    "losses, BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy"
        + " CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy CategoricalHinge Circle"
        + " CosineSimilarity Dice Hinge Huber KLDivergence LogCosh MeanAbsoluteError"
        + " MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson"
        + " SparseCategoricalCrossentropy SquaredHinge Tversky KLD MAE MAPE MSE MSLE kld"
        + " kullback_leibler_divergence logcosh mae mape mse msle categorical_hinge circle ctc dice"
        + " huber log_cosh tversky categorical_generalized_cross_entropy kl_divergence",
    "metrics, AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy"
        + " CategoricalCrossentropy CategoricalHinge ConcordanceCorrelation CosineSimilarity"
        + " F1Score FBetaScore FalseNegatives FalsePositives Hinge IoU KLDivergence LogCoshError"
        + " Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper"
        + " MeanRelativeError MeanSquaredError MeanSquaredLogarithmicError MeanTensor OneHotIoU"
        + " OneHotMeanIoU PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score Recall"
        + " RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity"
        + " SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy"
        + " SpecificityAtSensitivity SquaredHinge Sum TopKCategoricalAccuracy TrueNegatives"
        + " TruePositives",
    "optimizers, Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer"
        + " MultiOptimizer Muon Nadam RMSprop SGD ScheduleFreeAdamW",
    "callbacks, BackupAndRestore BaseLogger CSVLogger CallbackList EarlyStopping History"
        + " LambdaCallback LearningRateScheduler ModelCheckpoint OrbaxCheckpoint ProgbarLogger"
        + " ReduceLROnPlateau RemoteMonitor SidecarEvaluatorModelExport SwapEMAWeights"
        + " TerminateOnNaN",
    "regularizers, L1 L1L2 L2 OrthogonalRegularizer l1 l1_l2 l2 orthogonal_regularizer",
    "constraints, MaxNorm MinMaxNorm NonNeg RadialConstraint UnitNorm max_norm min_max_norm non_neg"
        + " radial_constraint unit_norm",
    "initializers, Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity"
        + " IdentityInitializer LecunNormal LecunUniform Ones Orthogonal OrthogonalInitializer"
        + " RandomNormal RandomUniform STFT STFTInitializer TruncatedNormal VarianceScaling Zeros"
        + " constant glorot_normal glorot_uniform he_normal he_uniform identity lecun_normal"
        + " lecun_uniform ones orthogonal random_normal random_uniform stft truncated_normal"
        + " variance_scaling zeros"
  })
  void isThereOrRefusedWithAReason(String kind, String names) {
    for (String name : names.split(" ", -1)) {
      try {
        READERS.get(kind).accept(Config.of(name, kind));
      } catch (GraftException e) {
        // A setting may be missing, but the class is known, or it is said why it is not.
        assertThat(e.getMessage())
            .as(name)
            .doesNotContainPattern("no [a-z]+ '" + name + "'\\. (Did you mean|Known here)");
      }
    }
  }
}
