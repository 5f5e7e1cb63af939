package dev.graft.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where networks end without their classifiers. */
class EndingTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "vgg16, fc2, block5_pool",
    "resnet50, avg_pool, conv5_block3_out",
    "inception_v3, avg_pool, mixed10",
    "mobilenet, dropout, conv_pw_13_relu",
    "mobilenet_v2, global_average_pooling2d, out_relu",
    "mobilenet_v3_small, dropout, activation_17",
    "densenet121, avg_pool, relu",
    "efficientnet_b0, top_dropout, top_activation",
  })
  void ofAnApplication(String name, String features, String maps) {
    Applications.Application application = Applications.named(name, "case");
    Model whole = application.with(application.variant().sized(96, 96, 3)).whole(10);
    assertThat(Ending.beforeClassifier(whole)).isEqualTo(features);
    assertThat(Ending.lastMaps(whole)).isEqualTo(maps);
    // Cut there, it has no classifier any more.
    Model cut = Surgery.cut(whole, maps);
    assertThat(Ending.beforeClassifier(cut)).isEqualTo(maps);
    assertThat(Ending.lastMaps(cut)).isEqualTo(maps);
  }

  /** A convolution for each class, pooled: SqueezeNet and mini-XCEPTION. */
  @Test
  void ofAConvolutionThatGivesTheClasses() {
    Model model =
        sequential(
            "MaxPooling2D", Map.of("name", "pool"),
            "Conv2D", Map.of("name", "classes", "filters", 7, "kernel_size", 3),
            "GlobalAveragePooling2D", Map.of("name", "mean"),
            "Activation", Map.of("name", "out", "activation", "softmax"));
    assertThat(Ending.beforeClassifier(model)).isEqualTo("pool");
  }

  @Test
  void ofConvolutionsWithoutClassesItIsTheLastLayer() {
    Model model =
        sequential(
            "Conv2D", Map.of("name", "conv", "filters", 7, "kernel_size", 3, "activation", "relu"),
            "GlobalAveragePooling2D", Map.of("name", "mean"));
    assertThat(Ending.beforeClassifier(model)).isEqualTo("mean");
    assertThat(Ending.lastMaps(model)).isEqualTo("conv");
  }

  @Test
  void aDenseOnTheInputIsNoClassifierOfAnything() {
    Model model =
        Surgery.sequential(
            "n", new InputLayer(Spec.floats(-1, 4)), List.of(layer("Dense", Map.of("units", 2))));
    assertThat(Ending.beforeClassifier(model)).isEqualTo("dense");
  }

  private static Model sequential(Object... words) {
    List<Surgery.Named> layers = new ArrayList<>();
    for (int i = 0; i < words.length; i += 2) {
      @SuppressWarnings("unchecked")
      Map<String, Object> config = (Map<String, Object>) words[i + 1];
      layers.add(
          new Surgery.Named(
              config.get("name").toString(), layer(words[i].toString(), config).layer()));
    }
    return Surgery.sequential("n", new InputLayer(Spec.floats(-1, 9, 9, 3)), layers);
  }

  private static Surgery.Named layer(String className, Map<String, Object> config) {
    return Surgery.Named.of(
        Layers.standard().read(className, Config.of(config, className).ignore("name")));
  }
}
