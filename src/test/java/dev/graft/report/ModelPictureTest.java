package dev.graft.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.keras.KerasFile;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Net;
import dev.graft.layers.Ref;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPictureTest {
  private static final Path RESNET = Path.of("src/test/resources/goldens/explain/resnet50.json");

  private static final Pattern BOX =
      Pattern.compile(
          "<rect class=\"([a-z ]+)\" x=\"([-0-9.]+)\" y=\"([-0-9.]+)\" width=\"([-0-9.]+)\""
              + " height=\"([-0-9.]+)\"");

  @TempDir Path folder;

  private record Box(String type, double x, double y, double width, double height) {
    boolean meets(Box other) {
      return x < other.x + other.width
          && other.x < x + width
          && y < other.y + other.height
          && other.y < y + height;
    }
  }

  private static List<Box> boxes(String svg) {
    List<Box> boxes = new ArrayList<>();
    Matcher m = BOX.matcher(svg);
    while (m.find()) {
      boxes.add(
          new Box(
              m.group(1),
              Double.parseDouble(m.group(2)),
              Double.parseDouble(m.group(3)),
              Double.parseDouble(m.group(4)),
              Double.parseDouble(m.group(5))));
    }
    return boxes;
  }

  @Test
  void everyLayerOfResNet50HasABoxOfItsOwn() throws Exception {
    Model model = KerasFile.open(RESNET, Layers.standard()).model();
    Model frozen = model.map(e -> e.withTrainable(!e.name().startsWith("conv1")));
    Path file = folder.resolve("model.svg");
    ModelPicture.write(file, frozen);
    String svg = Files.readString(file);
    List<Box> boxes = boxes(svg);
    assertThat(boxes).hasSize(177);
    for (int i = 0; i < boxes.size(); i++) {
      assertThat(boxes.get(i).x()).isNotNegative();
      for (int k = 0; k < i; k++) {
        assertThat(boxes.get(i).meets(boxes.get(k))).as("%d over %d", i, k).isFalse();
      }
    }
    assertThat(boxes.stream().filter(b -> b.type().equals("box frozen")).count()).isEqualTo(4);
    assertThat(svg).contains(">conv5_block3_out<").contains(">7×7×2048<").contains(">1000<");
    Path shots = Files.createDirectories(Path.of("target/screenshots"));
    Files.writeString(shots.resolve("resnet50.svg"), svg);
  }

  @Test
  void sharedAndNestedLayersAndHostileNames() {
    Model inner = net("inner", List.of("a", "b"));
    Model outer =
        net("<outer>", List.of("model", "model", "l<a>st"))
            .map(
                e ->
                    e.name().equals("model")
                        ? new Model.Entry("model", false, new Nested(inner))
                        : e);
    String svg = ModelPicture.svg(outer);
    List<Box> boxes = boxes(svg);
    assertThat(boxes.stream().filter(b -> b.type().equals("inner frozen shared"))).hasSize(2);
    assertThat(svg).contains("use 2 of 2").contains("l&lt;a&gt;st").doesNotContain("<outer>");
    Box around = boxes.stream().filter(b -> b.type().startsWith("inner")).findFirst().orElseThrow();
    assertThat(boxes.stream().filter(b -> !b.equals(around) && b.meets(around))).hasSize(3);
    // What a frozen model holds is frozen with it.
    assertThat(boxes.stream().filter(b -> b.type().equals("box frozen"))).hasSize(6);
  }

  /** Dense layers one after the other on two numbers; "model" has 2 units and may come twice. */
  private static Model net(String name, List<String> layers) {
    Net net = new Net(name);
    Ref last = net.input("in", -1, 2);
    Set<String> there = new HashSet<>();
    for (String layer : layers) {
      int units = layer.equals("model") ? 2 : 3;
      last =
          there.add(layer)
              ? net.layer(layer, "Dense", Map.of("units", units), last)
              : net.again(layer, last);
    }
    return net.model(last);
  }
}
