package dev.graft.cli;

import dev.graft.config.Json;
import dev.graft.export.ServedModel;
import dev.graft.export.ServedSignature;
import dev.graft.runtime.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a SavedModel or a frozen graph is: it has signatures, and no layers. */
record GraphInspection(
    Path file, String kind, Map<String, ServedSignature> signatures, List<String> problems) {
  static boolean is(Path path) {
    return Files.isDirectory(path) ? ServedModel.is(path) : path.toString().endsWith(".pb");
  }

  static GraphInspection of(Path path) {
    try (ServedModel model = ServedModel.open(path, Settings.standard())) {
      List<String> problems = new ArrayList<>();
      ServedSignature main = model.signatures().get("serving_default");
      if (main == null) {
        problems.add(
            path + ": it has no signature 'serving_default', so graft serve alone fits it.");
      } else if (main.inputs().size() != 1 || main.outputs().size() != 1) {
        problems.add(path + ": it has several inputs or outputs; graft serve alone fits it.");
      }
      return new GraphInspection(
          model.path(),
          Files.isDirectory(model.path()) ? "SavedModel" : "frozen graph",
          model.signatures(),
          problems);
    }
  }

  String json() {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("kind", kind);
    plain.put("layout", "graph");
    plain.put("writer", "TensorFlow");
    plain.put("layers", List.of());
    plain.put("weights", List.of());
    Map<String, Object> all = new LinkedHashMap<>();
    signatures.forEach(
        (name, signature) ->
            all.put(
                name,
                Map.of(
                    "inputs", texts(signature.inputs()), "outputs", texts(signature.outputs()))));
    plain.put("signatures", all);
    plain.put("problems", problems);
    return Json.pretty(plain);
  }

  private static Map<String, String> texts(Map<String, ServedSignature.Port> ports) {
    Map<String, String> texts = new LinkedHashMap<>();
    ports.forEach((name, port) -> texts.put(name, port.toString()));
    return texts;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    line(text, "file", file.toString());
    line(text, "kind", kind + ": a graph without layers, to be asked and not trained");
    signatures.forEach(
        (name, signature) -> {
          line(text, "signature", name);
          signature.inputs().forEach((key, port) -> line(text, "  input", key + " " + port));
          signature.outputs().forEach((key, port) -> line(text, "  output", key + " " + port));
        });
    problems.forEach(problem -> line(text, "problem", problem));
    return text.toString();
  }

  private static void line(StringBuilder text, String what, String value) {
    text.append(String.format(Locale.ROOT, "%-10s %s%n", what, value));
  }
}
