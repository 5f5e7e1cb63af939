package dev.graft.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
  private final Registry registry = Registry.standard();

  private Stream<Published> all() {
    return Stream.of(Published.Kind.values()).flatMap(kind -> registry.all(kind).stream());
  }

  @Test
  void everyApplicationOfBothKerasesIsThereWithAndWithoutItsTop() {
    List<Published> weights =
        registry.all(Published.Kind.WEIGHTS).stream()
            .filter(each -> !each.application().isEmpty())
            .toList();
    for (boolean top : new boolean[] {true, false}) {
      assertThat(weights.stream().filter(each -> each.top() == top))
          .extracting(Published::application)
          .contains("vgg16", "vgg19", "resnet50", "resnet50v2", "inception_v3", "xception")
          .contains("mobilenet", "mobilenet_v2", "mobilenet_v3_small", "densenet201")
          .contains("efficientnetb7", "efficientnetv2l", "convnext_xlarge", "nasnet_large")
          .contains("inception_resnet_v2", "regnetx002", "regnety320", "resnetrs420");
      assertThat(
              weights.stream().filter(e -> e.top() == top).map(Published::application).distinct())
          .hasSize(71);
    }
  }

  @Test
  void namesAreNotDoubledAndEachHasUrlAndLicence() {
    assertThat(all().map(Published::name)).doesNotHaveDuplicates();
    all()
        .forEach(
            each -> {
              assertThat(each.licence()).as(each.name()).isNotEmpty();
              assertThat(each.by()).as(each.name()).isNotEmpty();
              for (Published.Item item : each.files()) {
                assertThat(item.urls()).as(each.name()).isNotEmpty();
                assertThat(item.urls()).extracting(URI::getScheme).containsOnly("https");
                assertThat(item.md5() == null || item.md5().matches("[0-9a-f]{32}")).isTrue();
                assertThat(item.sha256() == null || item.sha256().matches("[0-9a-f]{64}")).isTrue();
              }
            });
  }

  @Test
  void keras1sOldestFileHasItsChecksum() {
    Published vgg16 = registry.named("VGG16", Published.Kind.WEIGHTS);
    Published.Item item = vgg16.files().get(0);
    assertThat(item.file()).isEqualTo("vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5");
    assertThat(item.md5()).isEqualTo("6d6bbae143d832006294945121d1f1fc");
    assertThat(vgg16.licence()).isEqualTo("CC BY 4.0");
    assertThat(registry.weights("ResNet50V2", true).files().get(0).md5())
        .isEqualTo("3ef43a0b657b3be2300d5770ece849e0");
    assertThat(registry.named(item.file(), Published.Kind.WEIGHTS)).isEqualTo(vgg16);
  }

  @Test
  void whatNobodyPublishesIsSaid() {
    assertThatThrownBy(() -> registry.named("vgg61", Published.Kind.WEIGHTS))
        .hasMessageStartingWith("graft weights: nothing published is known as 'vgg61'.")
        .hasMessageContaining("vgg16")
        .hasMessageEndingWith("See: graft weights list");
    assertThat(registry.weights("nothing", false)).isNull();
  }

  @Test
  void theStoreIsLookedThroughBeforeKerassOwnFolder(@TempDir Path folder) throws Exception {
    Map<String, String> environment =
        Map.of(
            "GRAFT_HOME", folder.resolve("graft").toString(),
            "KERAS_HOME", folder.resolve("keras").toString());
    Places places = Places.standard(null, null, folder.resolve("checkout"), environment);
    Published vgg16 = registry.named("vgg16", Published.Kind.WEIGHTS);
    assertThat(places.find(vgg16)).isNull();
    for (String place : List.of("keras/models", "checkout/weights", "graft/weights")) {
      Path file = folder.resolve(place).resolve(vgg16.files().get(0).file());
      Files.createDirectories(file.getParent());
      Files.write(file, new byte[1]);
      assertThat(places.find(vgg16)).isEqualTo(file);
    }
  }
}
