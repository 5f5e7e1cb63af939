package dev.graft.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.layers.Model;
import dev.graft.layers.Nested;
import dev.graft.layers.Net;
import dev.graft.layers.Ref;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WidthTest {
  private static Ref dense(Net net, String name, Ref on) {
    return net.layer(name, "Dense", Map.of("units", 3), on);
  }

  private static Model straight() {
    Net net = new Net("straight");
    return net.model(dense(net, "b", dense(net, "a", net.input("x", -1, 3))));
  }

  /** The input goes to {@code branches} layers, and all of them are added up. */
  private static Model branched(int branches) {
    Net net = new Net("branched");
    Ref x = net.input("x", -1, 3);
    Ref[] parts = new Ref[branches];
    for (int i = 0; i < branches; i++) {
      parts[i] = dense(net, "branch" + i, x);
    }
    return net.model(net.layer("sum", "Add", Map.of(), parts));
  }

  @Test
  void isHowManyTakeTheSameTensor() {
    assertThat(Width.of(straight())).isEqualTo(1);
    assertThat(Width.of(branched(2))).isEqualTo(2);
    assertThat(Width.of(branched(4))).isEqualTo(4);
  }

  @Test
  void looksIntoNetworksWithinNetworks() {
    Net net = new Net("outer");
    Ref inner = net.put("inner", new Nested(branched(3)), net.input("x", -1, 3));
    assertThat(Width.of(net.model(dense(net, "last", inner)))).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RandAugment", "AugMix"})
  void whatChoosesAsItRunsIsWide(String chooses) {
    Net net = new Net("choosing");
    Ref x = net.input("x", -1, 8, 8, 3);
    assertThat(Width.of(net.model(net.layer("a", chooses, Map.of(), x))))
        .isEqualTo(Integer.MAX_VALUE);
    Net outer = new Net("outer");
    Map<String, Object> layer =
        Map.of(
            "class_name", chooses, "config", Map.of("name", "a", "value_range", new int[] {0, 1}));
    Ref frames = outer.input("x", -1, 2, 8, 8, 3);
    assertThat(
            Width.of(
                outer.model(outer.layer("t", "TimeDistributed", Map.of("layer", layer), frames))))
        .isEqualTo(Integer.MAX_VALUE);
  }
}
