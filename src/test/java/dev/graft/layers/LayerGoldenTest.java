package dev.graft.layers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.files.NpyArray;
import dev.graft.runtime.NpyTensors;
import dev.graft.runtime.Settings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/** Every layer against what real Keras of both generations computed with the same weights. */
class LayerGoldenTest {
  private static final int KNOWN_CASES = 1_180;
  private static final List<String> WITHOUT_COUNTERPART =
      List.of("tf_nn_depth_to_space", "tf_nn_space_to_depth", "tf_nn_local_response_normalization");
  private static final double OUTPUT = 1e-5;
  private static final double GRADIENT = 1e-4;

  static Stream<String> cases() {
    return Stream.of("keras3", "tf_keras")
        .flatMap(generation -> GoldenCase.all(generation).stream())
        .map(file -> file.getParent().getFileName() + "/" + file.getFileName());
  }

  @Test
  void noCaseWasLost() {
    assertThat(cases().count()).isGreaterThanOrEqualTo(KNOWN_CASES);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void equalsKeras(String file) {
    try {
      check(file);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(file + ": " + e.getMessage(), e);
    }
  }

  static Stream<String> functions() {
    return cases().filter(file -> file.startsWith("tf_keras/tf_"));
  }

  /** What a .keras holds in the place of tf_keras's functions, for Keras 3 does not read those. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("functions")
  void counterpartOfAFunctionEqualsIt(String file) {
    GoldenCase golden = GoldenCase.read(GoldenCase.FOLDER.resolve(Path.of(file)));
    Counterpart found =
        Counterpart.of((Operation) golden.layer(), golden.specs(), golden.arguments()).orElse(null);
    if (found == null) {
      assertThat(WITHOUT_COUNTERPART).contains(file.replaceAll(".*/|[.]npz", ""));
      return;
    }
    try (Graph graph = new Graph()) {
      Emitted emitted = emit(golden, found.layer(), found.arguments(), graph);
      List<Claim> claims = new ArrayList<>(values(golden, emitted));
      claims.addAll(gradients(golden, emitted, graph));
      try (Session session = Settings.standard().open(graph, Settings.Kind.TRAINING)) {
        check(golden, claims, session);
      }
    }
  }

  private static void check(String file) {
    GoldenCase golden = GoldenCase.read(GoldenCase.FOLDER.resolve(Path.of(file)));
    Layer layer = golden.layer();
    checkSlots(golden, layer);
    checkConfig(golden, layer);
    try (Graph graph = new Graph()) {
      Emitted emitted = emit(golden, layer, golden.arguments(), graph);
      checkSpecs(golden, layer);
      List<Claim> claims = new ArrayList<>(values(golden, emitted));
      claims.addAll(gradients(golden, emitted, graph));
      try (Session session = Settings.standard().open(graph, Settings.Kind.TRAINING)) {
        check(golden, claims, session);
      }
    }
  }

  private static void checkSlots(GoldenCase golden, Layer layer) {
    List<Slot> slots = slots(golden, layer);
    List<Config> expected = golden.config().get("weights").items();
    assertThat(slots).as("weights").hasSameSizeAs(expected);
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      assertThat(slot.shape().asArray()).as(slot.name()).isEqualTo(golden.array("w" + i).shape());
      assertThat(golden.trainable() && slot.trainable())
          .as(slot.name() + " is trained")
          .isEqualTo(expected.get(i).flag("trainable"));
    }
  }

  private static List<Slot> slots(GoldenCase golden, Layer layer) {
    return layer instanceof ArgumentShaped shaped
        ? shaped.slots(golden.specs(), golden.arguments())
        : layer.slots(golden.specs());
  }

  /** Config to layer to config to layer gives the same layer. */
  private static void checkConfig(GoldenCase golden, Layer layer) {
    Config written = Config.parse(Json.compact(layer.config()), golden.name() + " written");
    String name = Layers.nameOf(layer.module(), layer.className());
    Layer again = Layers.standard().read(name, written);
    written.done();
    assertThat(again).isEqualTo(layer);
  }

  private static void checkSpecs(GoldenCase golden, Layer layer) {
    List<Spec> outputs =
        layer instanceof ArgumentShaped shaped
            ? shaped.outputs(golden.specs(), golden.arguments())
            : layer.outputs(golden.specs());
    assertThat(outputs).hasSize(golden.outputs());
    for (int i = 0; i < outputs.size(); i++) {
      long[] expected = golden.array("out" + i).shape().clone();
      if (golden.specs().get(0).size(0) < 0) {
        expected[0] = -1;
      }
      if (layer instanceof TextVectorization && expected.length > 1 && outputs.get(i).size(1) < 0) {
        // As many as the longest text has words.
        expected[1] = -1;
      }
      assertThat(outputs.get(i).shape().asArray()).as("static shape").isEqualTo(expected);
    }
  }

  /** The layer in a graph, over constants. */
  private record Emitted(
      List<Operand<?>> inputs,
      List<Operand<TFloat32>> weights,
      List<String> slots,
      List<Value> outputs,
      GraphCall.State state,
      Operand<TFloat32> scalar) {}

  private static Emitted emit(
      GoldenCase golden, Layer layer, Map<String, Object> arguments, Graph graph) {
    Ops tf = Ops.create(graph);
    List<Operand<?>> inputs = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < golden.inputs(); i++) {
      // A batch of unknown size, as real models have it.
      Operand<?> input =
          tf.placeholderWithDefault(
              constant(tf, golden.array("in" + i)), golden.specs().get(i).shape());
      inputs.add(input);
      Operand<TBool> mask =
          golden.has("mask" + i) ? Masks.of(tf, constant(tf, golden.array("mask" + i))) : null;
      values.add(new Value(input, mask));
    }
    List<Slot> slots = slots(golden, layer);
    Map<String, Operand<TFloat32>> weights = new LinkedHashMap<>();
    for (int i = 0; i < slots.size(); i++) {
      weights.put(slots.get(i).name(), floats(tf, golden.array("w" + i)));
    }
    GraphCall.State state = GraphCall.State.of(weights);
    List<Value> outputs =
        layer.call(
            new GraphCall(
                tf,
                values,
                golden.specs(),
                arguments,
                "",
                golden.training(),
                golden.trainable(),
                state));
    Operand<TFloat32> scalar = tf.constant(0f);
    for (Operand<TFloat32> loss :
        golden.has("loss") ? state.losses() : List.<Operand<TFloat32>>of()) {
      scalar = tf.math.add(scalar, loss);
    }
    for (int i = 0; i < outputs.size(); i++) {
      if (golden.has("cot" + i)) {
        Operand<TFloat32> product =
            tf.math.mul(asFloats(outputs.get(i).tensor()), floats(tf, golden.array("cot" + i)));
        scalar =
            tf.math.add(
                scalar,
                tf.reduceSum(tf.reshape(product, tf.constant(new int[] {-1})), tf.constant(0)));
      }
    }
    return new Emitted(
        inputs,
        List.copyOf(weights.values()),
        List.copyOf(weights.keySet()),
        outputs,
        state,
        scalar);
  }

  /** A tensor of the graph, the golden array it should equal, and how nearly. */
  private record Claim(String array, Operand<?> operand, double tolerance) {}

  private static List<Claim> values(GoldenCase golden, Emitted emitted) {
    List<Claim> claims = new ArrayList<>();
    for (int i = 0; i < golden.outputs(); i++) {
      Value output = emitted.outputs().get(i);
      claims.add(new Claim("out" + i, output.tensor(), OUTPUT));
      assertThat(output.mask() != null)
          .as("output has a mask")
          .isEqualTo(golden.has("outmask" + i));
      if (output.mask() != null) {
        claims.add(new Claim("outmask" + i, output.mask(), 0));
      }
    }
    for (int i = 0; i < emitted.slots().size(); i++) {
      Operand<TFloat32> update = emitted.state().updates().get(emitted.slots().get(i));
      assertThat(update != null || !golden.has("after" + i))
          .as("an update of " + emitted.slots().get(i))
          .isTrue();
      if (update != null) {
        claims.add(new Claim((golden.has("after" + i) ? "after" : "w") + i, update, OUTPUT));
      }
    }
    if (golden.has("loss")) {
      claims.add(new Claim("loss", emitted.state().losses().get(0), OUTPUT));
    }
    return claims;
  }

  private static List<Claim> gradients(GoldenCase golden, Emitted emitted, Graph graph) {
    Map<String, Operand<?>> all = new LinkedHashMap<>();
    for (int i = 0; i < emitted.inputs().size(); i++) {
      all.put("gin" + i, emitted.inputs().get(i));
    }
    for (int i = 0; i < emitted.weights().size(); i++) {
      all.put("gw" + i, emitted.weights().get(i));
    }
    all.keySet().removeIf(name -> !golden.has(name));
    if (all.isEmpty()) {
      return List.of();
    }
    Output<?>[] y = {emitted.scalar().asOutput()};
    Output<?>[] x = all.values().stream().map(Operand::asOutput).toArray(Output[]::new);
    Output<?>[] gradients = graph.addGradients(null, y, x, null);
    List<Claim> claims = new ArrayList<>();
    int next = 0;
    for (String name : all.keySet()) {
      assertThat(gradients[next].isClosed()).as(name + " cut off").isFalse();
      // Two gradients may be one tensor, which cannot be fetched twice.
      claims.add(new Claim(name, Ops.create(graph).identity(gradients[next++]), GRADIENT));
    }
    return claims;
  }

  private static void check(GoldenCase golden, List<Claim> claims, Session session) {
    Session.Runner runner = session.runner();
    claims.forEach(claim -> runner.fetch(claim.operand()));
    // A gradient that is zero but for rounding (of a key's bias, say) is held against the others.
    double steepest = 1;
    for (Claim claim : claims) {
      if (claim.array().startsWith("g")) {
        for (double value : golden.array(claim.array()).doubles()) {
          steepest = Math.max(steepest, Math.abs(value));
        }
      }
    }
    try (Result result = runner.run()) {
      for (int i = 0; i < claims.size(); i++) {
        close(claims.get(i), golden, result.get(i), steepest * 1e-3);
      }
    }
  }

  /** Compares, relative to the largest expected value. */
  private static void close(Claim claim, GoldenCase golden, Tensor came, double floor) {
    NpyArray expected = golden.array(claim.array());
    assertThat(came.shape().asArray()).as(claim.array() + " shape").isEqualTo(expected.shape());
    if (expected.type().isText()) {
      assertThat(NpyTensors.read(came).texts()).containsExactlyElementsOf(expected.texts());
      return;
    }
    double[] values = expected.doubles();
    double[] own = numbers(came);
    double most = claim.array().startsWith("g") ? floor : 1e-3;
    for (double value : values) {
      most = Math.max(most, Math.abs(value));
    }
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      double off = Math.abs(values[i] - own[i]);
      worst = Math.max(worst, Double.isNaN(off) ? Double.MAX_VALUE : off);
    }
    assertThat(worst / most)
        .as(claim.array() + " is off, relative")
        .isLessThanOrEqualTo(claim.tolerance());
  }

  private static double[] numbers(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.size())];
    int[] at = {0};
    if (tensor instanceof TFloat32 floats) {
      floats.scalars().forEach(scalar -> values[at[0]++] = scalar.getFloat());
    } else if (tensor instanceof TInt32 ints) {
      ints.scalars().forEach(scalar -> values[at[0]++] = scalar.getInt());
    } else {
      ((TBool) tensor).scalars().forEach(s -> values[at[0]++] = s.getBoolean() ? 1 : 0);
    }
    return values;
  }

  private static Operand<?> constant(Ops tf, NpyArray array) {
    return switch (GoldenCase.type(array)) {
      case BOOL -> tf.dtypes.cast(floats(tf, array), TBool.class);
      case INT32 -> tf.dtypes.cast(floats(tf, array), TInt32.class);
      case STRING -> texts(tf, array);
      default -> floats(tf, array);
    };
  }

  private static Operand<TString> texts(Ops tf, NpyArray array) {
    String[] words =
        array.texts().stream()
            .map(text -> new String(text, StandardCharsets.UTF_8))
            .toArray(String[]::new);
    return tf.reshape(tf.array(words), tf.constant(array.shape()));
  }

  private static Operand<TFloat32> floats(Ops tf, NpyArray array) {
    return tf.reshape(tf.constant(array.floats()), tf.constant(array.shape()));
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> asFloats(Operand<?> operand) {
    return (Operand<TFloat32>) operand;
  }
}
