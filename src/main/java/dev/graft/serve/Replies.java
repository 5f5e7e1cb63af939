package dev.graft.serve;

import dev.graft.config.Json;
import dev.graft.export.ServedSignature;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.tensorflow.proto.DataType;

/** The JSON TensorFlow Serving answers with. */
final class Replies {
  private Replies() {}

  /** {@code {"predictions": …}} for rows, {@code {"outputs": …}} for columns. */
  static String predictions(Question.Form form, Map<String, Rows> outputs) {
    return form == Question.Form.ROWS ? rows(outputs) : columns(outputs);
  }

  private static String rows(Map<String, Rows> outputs) {
    int count = -1;
    for (Map.Entry<String, Rows> output : outputs.entrySet()) {
      Rows rows = output.getValue();
      if (rows.shape().length == 0) {
        throw Refusal.bad("Tensor name: " + output.getKey() + " has no shape information");
      }
      if (count >= 0 && count != rows.count()) {
        throw Refusal.bad(
            "Tensor name: "
                + output.getKey()
                + " has inconsistent batch size: "
                + rows.count()
                + " expecting: "
                + count);
      }
      count = rows.count();
    }
    StringBuilder json = new StringBuilder("{\n    \"predictions\": [");
    Map<String, Values> values = new LinkedHashMap<>();
    outputs.forEach((name, rows) -> values.put(name, new Values(name, rows, json)));
    for (int i = 0; i < count; i++) {
      json.append(i == 0 ? "" : ", ");
      if (outputs.size() == 1) {
        values.values().iterator().next().append(1);
      } else {
        object(json, values, 1);
      }
    }
    return json.append("]\n}\n").toString();
  }

  private static String columns(Map<String, Rows> outputs) {
    StringBuilder json = new StringBuilder("{\n    \"outputs\": ");
    Map<String, Values> values = new LinkedHashMap<>();
    outputs.forEach((name, rows) -> values.put(name, new Values(name, rows, json)));
    if (outputs.size() == 1) {
      values.values().iterator().next().append(0);
    } else {
      object(json, values, 0);
    }
    return json.append("\n}\n").toString();
  }

  private static void object(StringBuilder json, Map<String, Values> values, int dimension) {
    json.append('{');
    for (Iterator<Map.Entry<String, Values>> all = values.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<String, Values> each = all.next();
      json.append(Json.compact(each.getKey())).append(": ");
      each.getValue().append(dimension);
      json.append(all.hasNext() ? ", " : "");
    }
    json.append('}');
  }

  /** Writes the elements of a tensor, front to back. */
  private static final class Values {
    private final long[] shape;
    private final StringBuilder json;
    private final IntConsumer element;
    private int next;

    Values(String name, Rows rows, StringBuilder json) {
      this.shape = rows.shape();
      this.json = json;
      this.element = element(name, rows, json);
    }

    private static IntConsumer element(String name, Rows rows, StringBuilder json) {
      if (rows.type() == DataType.DT_STRING) {
        boolean bytes = name.endsWith("_bytes");
        List<byte[]> texts = rows.texts();
        return i -> json.append(bytes ? b64(texts.get(i)) : text(texts.get(i)));
      }
      if (rows.type() == DataType.DT_BOOL) {
        return i -> json.append(rows.numbers().get(i) != 0);
      }
      if (rows.type() == DataType.DT_FLOAT) {
        float[] floats = rows.array().floats();
        return i -> json.append(floats[i]);
      }
      if (rows.array().type().isInteger()) {
        long[] longs = rows.array().longs();
        return i -> json.append(longs[i]);
      }
      double[] doubles = rows.array().doubles();
      return i -> json.append(doubles[i]);
    }

    void append(int dimension) {
      if (dimension == shape.length) {
        element.accept(next++);
        return;
      }
      json.append('[');
      for (long i = 0; i < shape[dimension]; i++) {
        json.append(i == 0 ? "" : ", ");
        append(dimension + 1);
      }
      json.append(']');
    }
  }

  private static String text(byte[] utf8) {
    return Json.compact(new String(utf8, StandardCharsets.UTF_8));
  }

  private static String b64(byte[] bytes) {
    return "{\"b64\": \"" + Base64.getEncoder().encodeToString(bytes) + "\"}";
  }

  /**
   * {@code {"results": [[[label, score], …], …]}}.
   *
   * @param names null for a model that gives none: every label is empty then
   */
  static String classes(Rows names, Rows scores) {
    float[] values = scores.array().floats();
    int each = scores.size() / Math.max(1, scores.count());
    StringBuilder json = new StringBuilder("{\n    \"results\": [");
    for (int i = 0; i < values.length; i++) {
      json.append(i % each == 0 ? (i == 0 ? "[" : ", [") : ", ");
      String label = names == null ? "\"\"" : text(names.texts().get(i));
      json.append('[').append(label).append(", ").append(values[i]);
      json.append(i % each == each - 1 ? "]]" : "]");
    }
    return json.append("]\n}\n").toString();
  }

  /** {@code {"results": [value, …]}}. */
  static String values(Rows rows) {
    StringBuilder json = new StringBuilder("{\n    \"results\": [");
    float[] values = rows.array().floats();
    for (int i = 0; i < values.length; i++) {
      json.append(i == 0 ? "" : ", ").append(values[i]);
    }
    return json.append("]\n}\n").toString();
  }

  /** GetModelStatusResponse as JSON: one version, which is served. */
  static String status(String version) {
    return Json.pretty(
        Map.of(
            "model_version_status",
            List.of(
                ordered(
                    "version",
                    version,
                    "state",
                    "AVAILABLE",
                    "status",
                    ordered("error_code", "OK", "error_message", "")))));
  }

  /** GetModelMetadataResponse as JSON. */
  static String metadata(String name, String version, Map<String, ServedSignature> signatures) {
    Map<String, Object> defs = new TreeMap<>();
    signatures.forEach(
        (key, signature) ->
            defs.put(
                key,
                ordered(
                    "inputs",
                    ports(signature.inputs()),
                    "outputs",
                    ports(signature.outputs()),
                    "method_name",
                    signature.method())));
    return Json.pretty(
        ordered(
            "model_spec",
            ordered("name", name, "signature_name", "", "version", version),
            "metadata",
            Map.of("signature_def", Map.of("signature_def", defs))));
  }

  private static Map<String, Object> ports(Map<String, ServedSignature.Port> ports) {
    Map<String, Object> all = new TreeMap<>();
    ports.forEach(
        (key, port) -> {
          boolean unknown = port.shape().isUnknown();
          List<Object> dimensions =
              unknown
                  ? List.of()
                  : java.util.Arrays.stream(port.shape().asArray())
                      .mapToObj(size -> (Object) ordered("size", Long.toString(size), "name", ""))
                      .toList();
          all.put(
              key,
              ordered(
                  "dtype",
                  port.type().name(),
                  "tensor_shape",
                  ordered("dim", dimensions, "unknown_rank", unknown),
                  "name",
                  port.tensor()));
        });
    return all;
  }

  /** {@code {"error": …}}. */
  static String error(String message) {
    return Json.compact(Map.of("error", message)) + "\n";
  }

  private static Map<String, Object> ordered(Object... entries) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < entries.length; i += 2) {
      map.put((String) entries[i], entries[i + 1]);
    }
    return map;
  }
}
