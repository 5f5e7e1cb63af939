package dev.graft.export;

import static dev.graft.export.Fixtures.CAFFE;
import static dev.graft.export.Fixtures.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.CodedInputStream;
import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.data.Preprocessing;
import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.SettingException;
import dev.graft.files.NpyArray;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Spec;
import dev.graft.network.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.TensorProto;

class VerificationTest {
  @TempDir Path folder;
  private final Verification verification = new Verification(SETTINGS, Layers.standard());

  private static Note note(Network network) {
    return Note.of(new Classifier(CAFFE, List.of("a", "b", "c"), Scores.PROBABILITIES))
        .checked(network, List.of());
  }

  private Path saved() {
    Path target = folder.resolve("saved_model");
    try (Network network = Fixtures.network(Fixtures.pictures(3, "softmax"))) {
      SavedModelExport.of(network).about(note(network)).write(target, 1);
    }
    return target;
  }

  @Test
  void findsASavedModelAsItWasWritten() {
    Path target = saved();
    List<Finding> findings = verification.of(target);
    assertThat(findings).hasSize(2).allMatch(Finding::good);
    assertThat(findings.get(0).toString())
        .startsWith(target + " serving_default dense: ok, largest difference ");
    assertThat(findings.get(1).what()).isEqualTo(target + " serve_images");
    assertThat(target.resolve("1/assets.extra/verify.py")).exists();
  }

  @Test
  void aLargeClassifierIsCheckedWithWhatAPictureBecomes() {
    Path target = folder.resolve("saved_model");
    Model model =
        Fixtures.sequential(
            Spec.floats(-1, 100, 90, 3),
            Map.of("GlobalAveragePooling2D", Map.of()),
            Map.of("Dense", Map.of("units", 3)));
    Preprocessing image = CAFFE.sized(100, 90, Preprocessing.Color.RGB);
    try (Network network = Fixtures.network(model)) {
      Note note =
          Note.of(new Classifier(image, List.of("a", "b", "c"), Scores.SOFTMAX))
              .checked(network, List.of());
      Check check = note.check();
      assertThat(check.inputs().values().iterator().next().shape()).containsExactly(1, 100, 90, 3);
      assertThat(check.pictures()).hasSize(1);
      float[] logits = check.outputs().values().iterator().next().floats();
      float[] probabilities = check.probabilities().floats();
      double sum = Math.exp(logits[0]) + Math.exp(logits[1]) + Math.exp(logits[2]);
      for (int i = 0; i < 3; i++) {
        assertThat(probabilities[i]).isEqualTo((float) (Math.exp(logits[i]) / sum), within(1e-5f));
      }
      SavedModelExport.of(network).about(note).write(target, 1);
    }
    assertThat(verification.of(target)).hasSize(2).allMatch(Finding::good);
  }

  @Test
  void findsDamageAndWeightsOfAnotherNetwork() throws IOException {
    Path target = saved();
    Path data = target.resolve("1/variables/variables.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, 3f);
    Files.write(data, bytes);
    assertThatThrownBy(() -> verification.of(target))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining(target.resolve("1") + ": TensorFlow cannot load this SavedModel: ");
    Path note = target.resolve("1/assets.extra/graft.json");
    saveOther(target, note);
    List<Finding> findings = verification.of(target);
    assertThat(findings).hasSize(2).noneMatch(Finding::good);
    assertThat(findings.get(0).toString()).contains("dense: WRONG, largest difference ");
  }

  /** Another network of the same shape under the note of the first. */
  private void saveOther(Path target, Path note) throws IOException {
    String kept = Files.readString(note);
    try (Network network = Fixtures.network(Fixtures.pictures(3, "softmax"))) {
      network.assign("dense/bias", new float[] {5, 0, 0});
      SavedModelExport.of(network).about(note(network)).write(target, 2);
    }
    Files.writeString(target.resolve("2/assets.extra/graft.json"), kept);
  }

  @Test
  void holdsARunFolderAgainstItsCard() throws IOException {
    saved();
    Files.writeString(folder.resolve("classes.txt"), "a\nb\nc\n");
    Card.Origin origin = Card.Origin.here("{}", 1, SETTINGS, Map.of(), Map.of());
    new Card(origin, Note.none(), List.of(), Map.of(), Map.of())
        .sealed(folder, name -> true)
        .write(folder);
    assertThat(verification.of(folder)).hasSize(3).allMatch(Finding::good);
    Files.writeString(folder.resolve("classes.txt"), "a\nb\n");
    assertThat(verification.of(folder).get(0))
        .hasToString("classes.txt: WRONG, no longer what the card says");
  }

  @Test
  void saysWhenThereIsNothingToVerify() {
    Path target = folder.resolve("plain");
    try (Network network = Fixtures.network(Fixtures.pictures(3, "softmax"))) {
      SavedModelExport.of(network).write(target);
    }
    assertThatThrownBy(() -> verification.of(target))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            target + ": holds no inputs to verify it with. Only files that Graft wrote have them.");
    assertThatThrownBy(() -> verification.of(folder.resolve("none")))
        .isInstanceOf(DataException.class)
        .hasMessage(folder.resolve("none") + ": there is no such file or folder. Check the path.");
  }

  @Test
  void keepsInputsOfEveryTypeThroughJson() {
    Model model =
        Fixtures.sequential(
            Spec.floats(-1, -1, 3), Map.of("Dense", Map.of("units", 2, "activation", "tanh")));
    try (Network network = Fixtures.network(model)) {
      Check check = Note.none().checked(network, List.of()).check();
      assertThat(check.inputs().get("input_layer").shape()).containsExactly(2, 8, 3);
      assertThat(check.outputs().get("dense").shape()).containsExactly(2, 8, 2);
      Check read = Check.read(Config.parse(Json.compact(check.config()), "graft.json"));
      assertThat(read.inputs()).isEqualTo(check.inputs());
      assertThat(read.outputs()).isEqualTo(check.outputs());
    }
    NpyArray whole = NpyArray.of(new long[] {2, 1}, 7, -1);
    Check check = new Check(Map.of("ids", whole), Map.of(), List.of(), null);
    assertThat(Check.read(Config.of(check.config(), "x")).inputs().get("ids")).isEqualTo(whole);
  }

  @Test
  void refusesACheckThatIsDamaged() {
    String text =
        "{\"inputs\": {\"x\": {\"shape\": [%s], \"type\": \"float32\", \"deflated\": \"%s\"}},"
            + " \"outputs\": {}}";
    assertThatThrownBy(() -> Check.read(Config.parse(text.formatted("9999,99999", "AAAA"), "n")))
        .isInstanceOf(MalformedFileException.class)
        .hasMessage("n: inputs.x.shape: [9999, 99999] is no array of a check.");
    assertThatThrownBy(() -> Check.read(Config.parse(text.formatted("2", "!"), "n")))
        .hasMessageStartingWith("n: inputs.x.deflated: is no base64: ");
    assertThatThrownBy(() -> Check.read(Config.parse(text.formatted("2", "AAAA"), "n")))
        .hasMessageStartingWith("n: inputs.x.deflated: ");
    // zlib.compress(bytes(4))
    assertThatThrownBy(() -> Check.read(Config.parse(text.formatted("2", "eJxjYGBgAAAABAAB"), "n")))
        .hasMessage("n: inputs.x.deflated: expected 8 bytes, came another number.");
  }

  @Test
  void warmsTensorFlowServingUpWithOneRequestASignature() throws IOException {
    Path file = saved().resolve("1/assets.extra/tf_serving_warmup_requests");
    ByteBuffer records = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    for (String signature : List.of("serving_default", "serve_images")) {
      byte[] record = new byte[(int) records.getLong()];
      records.getInt();
      records.get(record);
      records.getInt();
      // PredictionLog.predict_log.request
      CodedInputStream request = message(message(CodedInputStream.newInstance(record), 6), 1);
      CodedInputStream spec = message(request, 1);
      assertThat(spec.readTag() >> 3).isEqualTo(1);
      assertThat(spec.readString()).isEqualTo("tiny");
      assertThat(spec.readTag() >> 3).isEqualTo(3);
      assertThat(spec.readString()).isEqualTo(signature);
      CodedInputStream entry = message(request, 2);
      assertThat(entry.readTag() >> 3).isEqualTo(1);
      String name = entry.readString();
      assertThat(entry.readTag() >> 3).isEqualTo(2);
      TensorProto tensor = TensorProto.parseFrom(entry.readBytes());
      if (signature.equals("serve_images")) {
        assertThat(name).isEqualTo("image_bytes");
        assertThat(tensor.getStringValCount()).isEqualTo(2);
      } else {
        assertThat(name).isEqualTo("input_layer");
        assertThat(tensor.getTensorContent().size()).isEqualTo(2 * 360 * 4);
      }
    }
    assertThat(records.hasRemaining()).isFalse();
  }

  private static CodedInputStream message(CodedInputStream in, int field) throws IOException {
    assertThat(in.readTag() >> 3).isEqualTo(field);
    return in.readBytes().newCodedInput();
  }
}
