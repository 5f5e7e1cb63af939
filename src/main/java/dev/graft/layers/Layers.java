package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.UnsupportedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The table of layers by Keras class name. Immutable: {@link #with} gives a new table.
 *
 * <p>Configs are in Keras 3's words; the dialects of older files are translated before they get
 * here.
 */
public final class Layers {
  /** Makes a layer from its Keras config; {@code layers} serves layers inside layers. */
  @FunctionalInterface
  public interface Reader {
    /** Reads every key it understands; the caller refuses the rest. */
    Layer read(Config config, Layers layers);
  }

  /** Sets Keras 3's operation Add apart from its layer Add. */
  private static final String OPERATION = "ops.";

  private final Map<String, Reader> readers;

  private Layers(Map<String, Reader> readers) {
    this.readers = readers;
  }

  /** The layers Graft knows. */
  public static Layers standard() {
    Map<String, Reader> table = new LinkedHashMap<>();
    core(table);
    convolutions(table);
    pooling(table);
    normalization(table);
    randomness(table);
    merging(table);
    reshaping(table);
    recurrent(table);
    attention(table);
    augmentation(table);
    categories(table);
    applications(table);
    aliases(table);
    operations(table);
    return new Layers(table);
  }

  private static void core(Map<String, Reader> table) {
    table.put("Activation", (c, l) -> ActivationLayer.read(c));
    table.put("Dense", (c, l) -> Dense.read(c));
    table.put("EinsumDense", (c, l) -> EinsumDense.read(c));
    table.put("Embedding", (c, l) -> Embedding.read(c));
    table.put("ELU", (c, l) -> ELU.read(c));
    table.put("Identity", (c, l) -> new Identity());
    table.put("LeakyReLU", (c, l) -> LeakyReLU.read(c));
    table.put("Masking", (c, l) -> Masking.read(c));
    table.put("PReLU", (c, l) -> PReLU.read(c));
    table.put("ReLU", (c, l) -> ReLU.read(c));
    table.put("ReversibleEmbedding", (c, l) -> ReversibleEmbedding.read(c));
    table.put("Softmax", (c, l) -> Softmax.read(c));
    // Keras 2's layer; Keras 3 says the same with ReLU.
    table.put("ThresholdedReLU", (c, l) -> new ReLU(null, 0, c.number("theta", 1)));
  }

  private static void convolutions(Map<String, Reader> table) {
    ranked(table, "Conv%dD", 1, 3, Convolution::read);
    ranked(table, "Conv%dDTranspose", 1, 3, TransposedConvolution::read);
    ranked(table, "DepthwiseConv%dD", 1, 2, DepthwiseConvolution::read);
    ranked(table, "LocallyConnected%dD", 1, 2, LocallyConnected::read);
    ranked(table, "SeparableConv%dD", 1, 2, SeparableConvolution::read);
  }

  private static void pooling(Map<String, Reader> table) {
    for (Pooling kind : Pooling.values()) {
      ranked(
          table, kind.word() + "Pooling%dD", 1, 3, (c, rank) -> WindowPooling.read(c, kind, rank));
      ranked(
          table,
          "Adaptive" + kind.word() + "Pooling%dD",
          1,
          3,
          (c, rank) -> AdaptivePooling.read(c, kind, rank));
      ranked(
          table,
          "Global" + kind.word() + "Pooling%dD",
          1,
          3,
          (c, rank) -> GlobalPooling.read(c, kind, rank));
    }
  }

  private static void normalization(Map<String, Reader> table) {
    table.put("BatchNormalization", (c, l) -> BatchNormalization.read(c));
    table.put("GroupNormalization", (c, l) -> GroupNormalization.read(c));
    table.put("LayerNormalization", (c, l) -> LayerNormalization.read(c));
    table.put("Normalization", (c, l) -> Normalization.read(c));
    table.put("RMSNormalization", (c, l) -> RMSNormalization.read(c));
    table.put("Rescaling", (c, l) -> Rescaling.read(c));
    table.put("Resizing", (c, l) -> Resizing.read(c));
    table.put("SpectralNormalization", SpectralNormalization::read);
    table.put("UnitNormalization", (c, l) -> UnitNormalization.read(c));
  }

  private static void randomness(Map<String, Reader> table) {
    table.put("ActivityRegularization", (c, l) -> ActivityRegularization.read(c));
    table.put("AlphaDropout", (c, l) -> AlphaDropout.read(c));
    table.put("Dropout", (c, l) -> Dropout.read(c));
    table.put("GaussianDropout", (c, l) -> GaussianDropout.read(c));
    table.put("GaussianNoise", (c, l) -> GaussianNoise.read(c));
    ranked(table, "SpatialDropout%dD", 1, 3, SpatialDropout::read);
  }

  private static void merging(Map<String, Reader> table) {
    for (Merge.Kind kind : Merge.Kind.values()) {
      table.put(
          new Merge(kind, false).className(),
          (c, l) -> new Merge(kind, c.flag(Merge.EVERY_MASK, false)));
    }
    table.put("Concatenate", (c, l) -> Concatenate.read(c));
    table.put("Dot", (c, l) -> Dot.read(c));
  }

  private static void reshaping(Map<String, Reader> table) {
    ranked(table, "Cropping%dD", 1, 3, Cropping::read);
    ranked(table, "UpSampling%dD", 1, 3, UpSampling::read);
    ranked(table, "ZeroPadding%dD", 1, 3, ZeroPadding::read);
    table.put("Flatten", (c, l) -> Flatten.read(c));
    table.put("Permute", (c, l) -> Permute.read(c));
    table.put("RepeatVector", (c, l) -> RepeatVector.read(c));
    table.put("Reshape", (c, l) -> Reshape.read(c));
  }

  private static void recurrent(Map<String, Reader> table) {
    table.put("Bidirectional", Bidirectional::read);
    table.put("GRU", (c, l) -> Recurrent.read("GRU", c, GruCell.read(c)));
    table.put("LSTM", (c, l) -> Recurrent.read("LSTM", c, LstmCell.read(c)));
    table.put("RNN", (c, l) -> Recurrent.read("RNN", c, StackedCells.read(c, "cell")));
    table.put("SimpleRNN", (c, l) -> Recurrent.read("SimpleRNN", c, SimpleCell.read(c)));
    table.put("TimeDistributed", TimeDistributed::read);
    ranked(
        table,
        "ConvLSTM%dD",
        1,
        3,
        (c, rank) -> Recurrent.read("ConvLSTM" + rank + "D", c, ConvLstmCell.read(c, rank)));
  }

  private static void attention(Map<String, Reader> table) {
    table.put("AdditiveAttention", (c, l) -> Attention.readAdditive(c));
    table.put("Attention", (c, l) -> Attention.read(c));
    table.put("GroupQueryAttention", (c, l) -> MultiHeadAttention.readGrouped(c));
    table.put("MultiHeadAttention", (c, l) -> MultiHeadAttention.read(c));
  }

  /** At work in training alone, all but CenterCrop and AutoContrast. */
  private static void augmentation(Map<String, Reader> table) {
    table.put("AugMix", (c, l) -> AugMix.read(c));
    table.put("AutoContrast", (c, l) -> AutoContrast.read(c));
    table.put("CenterCrop", (c, l) -> Cut.read(c, false));
    table.put("CutMix", (c, l) -> CutMix.read(c));
    table.put("Equalization", (c, l) -> Equalization.read(c));
    table.put("MixUp", (c, l) -> MixUp.read(c));
    table.put("RandAugment", (c, l) -> RandAugment.read(c));
    table.put("RandomColorJitter", (c, l) -> RandomColorJitter.read(c));
    table.put("RandomCrop", (c, l) -> Cut.read(c, true));
    table.put("RandomElasticTransform", (c, l) -> RandomElasticTransform.read(c));
    table.put("RandomErasing", (c, l) -> RandomErasing.read(c));
    table.put("RandomFlip", (c, l) -> RandomFlip.read(c));
    table.put("RandomGaussianBlur", (c, l) -> RandomGaussianBlur.read(c));
    table.put("RandomPerspective", (c, l) -> RandomPerspective.read(c));
    table.put("RandomRotation", (c, l) -> RandomWarp.read(c, RandomWarp.Kind.ROTATION));
    table.put("RandomShear", (c, l) -> RandomWarp.read(c, RandomWarp.Kind.SHEAR));
    table.put("RandomTranslation", (c, l) -> RandomWarp.read(c, RandomWarp.Kind.TRANSLATION));
    table.put("RandomZoom", (c, l) -> RandomWarp.read(c, RandomWarp.Kind.ZOOM));
    for (RandomColor.Kind kind : RandomColor.Kind.values()) {
      table.put(kind.keras(), (c, l) -> RandomColor.read(c, kind));
    }
  }

  /** Over categories and texts, as heads over tables and texts have them. */
  private static void categories(Map<String, Reader> table) {
    table.put("CategoryEncoding", (c, l) -> CategoryEncoding.read(c));
    table.put("Discretization", (c, l) -> Discretization.read(c));
    table.put("HashedCrossing", (c, l) -> HashedCrossing.read(c));
    table.put("Hashing", (c, l) -> Hashing.read(c));
    table.put("IntegerLookup", (c, l) -> IntegerLookup.read(c));
    table.put("StringLookup", (c, l) -> StringLookup.read(c));
    table.put("TextVectorization", (c, l) -> TextVectorization.read(c));
  }

  /** Layers that Keras's applications define for themselves. */
  private static void applications(Map<String, Reader> table) {
    table.put("CustomScaleLayer", (c, l) -> CustomScaleLayer.read(c));
    table.put("LayerScale", (c, l) -> LayerScale.read(c));
    table.put("StochasticDepth", (c, l) -> StochasticDepth.read(c));
  }

  private static void operations(Map<String, Reader> table) {
    for (String lambda : new String[] {"TFOpLambda", "SlicingOpLambda"}) {
      table.put(lambda, (c, l) -> Operation.readFunction(lambda, c));
    }
    Operations.STANDARD.forEach(
        (name, entry) -> {
          if (!entry.module().equals("keras.layers")) {
            table.put(OPERATION + name, (c, l) -> Operation.read(name, c));
          }
        });
  }

  /** The second names under which Keras 3 exports some layers. */
  private static void aliases(Map<String, Reader> table) {
    Map<String, Reader> more = new LinkedHashMap<>();
    table.forEach(
        (name, reader) -> {
          String alias =
              name.replace("AveragePooling", "AvgPool")
                  .replace("MaxPooling", "MaxPool")
                  .replaceFirst("^(Separable)?Conv(\\dD)", "$1Convolution$2");
          if (!name.startsWith("Adaptive") && !alias.equals(name)) {
            more.put(alias, reader);
          }
        });
    table.putAll(more);
  }

  /** Reads a layer that exists for several numbers of spatial dimensions. */
  private interface Ranked {
    Layer read(Config config, int rank);
  }

  private static void ranked(
      Map<String, Reader> table, String pattern, int from, int to, Ranked reader) {
    for (int rank = from; rank <= to; rank++) {
      int dimensions = rank;
      table.put(pattern.replace("%d", "" + rank), (c, l) -> reader.read(c, dimensions));
    }
  }

  /** This table with one more layer, or another reader for a known class. */
  public Layers with(String className, Reader reader) {
    Map<String, Reader> more = new LinkedHashMap<>(readers);
    more.put(className, reader);
    return new Layers(more);
  }

  /** The class names this table knows. */
  public Set<String> names() {
    return Set.copyOf(readers.keySet());
  }

  /**
   * The name under which {@link #read} knows the class {@code className} of the Python module
   * {@code module} (null when the file does not say): Keras 3 has a layer Add and an operation Add.
   */
  public static String nameOf(String module, String className) {
    boolean operation =
        module != null
            && (module.startsWith("keras.src.ops")
                || module.startsWith("keras.ops")
                || module.startsWith("keras.src.activations"));
    return operation ? OPERATION + className : className;
  }

  /** True when {@link #read} knows {@code className}. */
  public boolean knows(String className) {
    return readers.containsKey(className);
  }

  /** The layer of class {@code className} with these settings; unread settings are left over. */
  public Layer read(String className, Config config) {
    Reader reader = readers.get(className);
    String refusal = Refusals.of(className);
    if (reader == null && refusal != null) {
      throw new UnsupportedException(config.where() + ": " + refusal);
    }
    if (reader == null) {
      throw new UnsupportedException(
          config.where()
              + ": Graft has no layer '"
              + className
              + "'."
              + Nearest.hint(className, readers.keySet())
              + " A layer of your own is registered with Layers.with(name, reader).");
    }
    return reader.read(config, this);
  }
}
