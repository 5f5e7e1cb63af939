package dev.graft.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.keras.KerasFile;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Use;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every application as code against Keras's own: each layer, setting, connection and shape. */
class ArchitecturesTest {
  private static final Path FOLDER = Path.of("src/test/resources/goldens/applications");
  private static final int KNOWN_CASES = 58;

  @TempDir Path folder;

  static List<String> cases() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".gz"))
          .sorted()
          .toList();
    }
  }

  @Test
  void noCaseIsLostAndNoApplicationIsWithoutOne() throws IOException {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(KNOWN_CASES);
    Set<String> names =
        cases().stream()
            .map(name -> name.replaceFirst("(-\\d+)?\\.json\\.gz", ""))
            .map(name -> Applications.named(name, "golden").name())
            .collect(Collectors.toSet());
    assertThat(names).containsExactlyInAnyOrderElementsOf(Applications.names()).hasSize(40);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isKerass(String name) throws IOException {
    Config golden = read(FOLDER.resolve(name));
    Applications.Application application = Applications.named(golden.string("name"), "golden name");
    Model own = application.with(variant(application, golden.get("call"))).model();
    Path file = folder.resolve("architecture.json");
    Files.writeString(file, Json.compact(golden.get("architecture").plain()));
    Model keras = KerasFile.open(file, Layers.standard()).model();
    checkRows(golden, Summary.of(own));
    checkRows(golden, Summary.of(keras));
    assertThat(own.name()).isEqualTo(keras.name());
    checkLayers(own, keras);
    Map<String, Use> uses = new HashMap<>();
    own.uses().forEach(use -> uses.put(use.layer(), use));
    assertThat(own.uses()).hasSameSizeAs(keras.uses());
    for (Use use : keras.uses()) {
      assertThat(uses.get(use.layer())).isEqualTo(use);
    }
    assertThat(own.outputs()).isEqualTo(keras.outputs());
  }

  private static void checkLayers(Model own, Model keras) {
    assertThat(own.layers()).hasSameSizeAs(keras.layers());
    for (int i = 0; i < own.layers().size(); i++) {
      Model.Entry expected = keras.layers().get(i);
      Model.Entry came = own.layers().get(i);
      if (expected.layer() instanceof Nested inner) {
        checkLayers(((Nested) came.layer()).model(), inner.model());
      } else if (expected.layer() instanceof InputLayer) {
        assertThat(came.layer()).isEqualTo(expected.layer());
      } else {
        assertThat(came).isEqualTo(expected);
      }
    }
  }

  private static void checkRows(Config golden, Summary summary) {
    List<String> expected =
        golden.get("rows").items().stream().map(row -> Json.compact(row.plain())).toList();
    List<String> came =
        summary.rows().stream()
            .map(
                row ->
                    String.format(
                        java.util.Locale.ROOT,
                        "[\"%s\",\"%s\",%s,%d]",
                        row.name(),
                        row.className(),
                        Json.compact(
                            Arrays.stream(row.outputs().get(0).shape().asArray())
                                .mapToObj(n -> n < 0 ? null : n)
                                .collect(Collectors.toList())),
                        row.params()))
            .toList();
    assertThat(came).isEqualTo(expected);
    assertThat(summary.total()).isEqualTo(golden.get("total").whole());
    assertThat(summary.trainable()).isEqualTo(golden.get("trainable").whole());
  }

  private static Variant variant(Applications.Application application, Config call) {
    Variant variant = application.variant();
    if (call.has("input_shape")) {
      variant =
          variant.sized(Arrays.stream(call.get("input_shape").integers()).asLongStream().toArray());
    }
    variant = variant.classes(call.integer("classes", 1000));
    if (!call.flag("include_top", true)) {
      variant = variant.headless(call.has("pooling") ? call.string("pooling") : null);
    }
    Map<String, Object> more = new HashMap<>();
    Set<String> own = new HashSet<>(application.settings());
    call.keys().stream().filter(own::contains).forEach(key -> more.put(key, call.get(key).plain()));
    return variant.with(more);
  }

  private static Config read(Path file) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), file.toString());
    }
  }
}
