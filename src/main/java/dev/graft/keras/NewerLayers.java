package dev.graft.keras;

import dev.graft.layers.Model;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Layers that Keras 3.15 has and tf_keras 2.18 has not. */
final class NewerLayers {
  private static final Set<String> CLASSES =
      Set.of(
          "AdaptiveAveragePooling1D",
          "AdaptiveAveragePooling2D",
          "AdaptiveAveragePooling3D",
          "AdaptiveMaxPooling1D",
          "AdaptiveMaxPooling2D",
          "AdaptiveMaxPooling3D",
          "AugMix",
          "AutoContrast",
          "CutMix",
          "Equalization",
          "GroupQueryAttention",
          "MixUp",
          "RMSNormalization",
          "RandAugment",
          "RandomColorDegeneration",
          "RandomColorJitter",
          "RandomElasticTransform",
          "RandomErasing",
          "RandomGaussianBlur",
          "RandomGrayscale",
          "RandomHue",
          "RandomInvert",
          "RandomPerspective",
          "RandomPosterization",
          "RandomSaturation",
          "RandomSharpness",
          "RandomShear",
          "ReversibleEmbedding",
          "Solarization");

  private NewerLayers() {}

  /** Whether a network, or one inside it, has such a layer, so that Keras 3 alone can open it. */
  static boolean in(Model model) {
    return !of(model).isEmpty();
  }

  /** The classes of such layers in a network, or one inside it. */
  static Set<String> of(Model model) {
    return model
        .everyLayer()
        .map(place -> place.entry().layer().className())
        .filter(CLASSES::contains)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
