package dev.graft.serve;

import dev.graft.config.JsonReader;
import dev.graft.config.JsonReader.Token;
import dev.graft.error.MalformedFileException;
import dev.graft.export.ServedSignature;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Features;

/**
 * The body of a request, read once from front to back; the signature that decides about types may
 * stand at its end.
 *
 * <p>Source: api_rest.md and json_tensor.cc of TensorFlow Serving.
 */
final class Question {
  /** Which of the three ways to write inputs. */
  enum Form {
    /** {@code instances}: one value a row. */
    ROWS,
    /** {@code inputs}: one tensor an input. */
    COLUMNS,
    /** {@code examples}: named features, for classify and regress. */
    EXAMPLES
  }

  private String signature;
  private Form form;

  /** The only input, where it is not named. */
  private JsonValues unnamed;

  private final Map<String, JsonValues> named = new LinkedHashMap<>();
  private final Map<String, JsonValues> context = new LinkedHashMap<>();
  private int rows;

  private Question() {}

  /** Reads a body; {@code method} is {@code predict}, {@code classify} or {@code regress}. */
  static Question read(InputStream body, String method) throws IOException {
    Question question = new Question();
    try (JsonReader in = JsonReader.of(body, "JSON Parse error")) {
      Token first = in.next();
      if (first == Token.END) {
        throw Refusal.bad("JSON Parse error: The document is empty");
      }
      if (first != Token.BEGIN_OBJECT) {
        throw Refusal.bad("JSON Value: Is not object");
      }
      while (in.next() == Token.KEY) {
        question.entry(in, in.text(), method.equals("predict"));
      }
      if (in.next() != Token.END) {
        throw Refusal.bad(
            "JSON Parse error: The document root must not be followed by other values.");
      }
    } catch (MalformedFileException e) {
      throw Refusal.bad(e.getMessage());
    }
    if (question.form == null) {
      throw Refusal.bad(
          method.equals("predict")
              ? "Missing 'inputs' or 'instances' key"
              : "When method is " + method + ", key 'examples' is expected and was not found");
    }
    return question;
  }

  private void entry(JsonReader in, String key, boolean predict) throws IOException {
    Token value = in.next();
    if (key.equals("signature_name")) {
      if (value != Token.TEXT) {
        throw Refusal.bad("'signature_name' key must be a string value.");
      }
      signature = in.text();
    } else if (predict && (key.equals("instances") || key.equals("inputs"))) {
      if (form != null) {
        throw Refusal.bad(
            "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist");
      }
      form = key.equals("inputs") ? Form.COLUMNS : Form.ROWS;
      if (form == Form.COLUMNS) {
        columns(in, value);
      } else {
        rows(in, value, key);
      }
    } else if (!predict && key.equals("examples")) {
      form = Form.EXAMPLES;
      rows(in, value, key);
    } else if (!predict && key.equals("context")) {
      if (value != Token.BEGIN_OBJECT) {
        throw Refusal.bad("Example must be JSON object");
      }
      features(in, in.next(), context);
    } else if (value == Token.BEGIN_OBJECT || value == Token.BEGIN_LIST) {
      in.skip();
    }
  }

  private void rows(JsonReader in, Token value, String key) throws IOException {
    if (value != Token.BEGIN_LIST) {
      throw Refusal.bad("Expecting '" + key + "' to be an list/array");
    }
    for (Token token = in.next(); token != Token.END_LIST; token = in.next()) {
      try {
        row(in, token);
      } catch (Refusal e) {
        throw Refusal.bad(
            "Failed to process element: "
                + rows
                + " of '"
                + key
                + "' list. Error: "
                + e.getMessage());
      }
      rows++;
    }
    if (rows == 0) {
      throw Refusal.bad("No values in '" + key + "' array");
    }
    if (unnamed != null) {
      unnamed.rows(rows);
    }
    named.values().forEach(values -> values.rows(rows));
  }

  private void row(JsonReader in, Token token) throws IOException {
    if (token != Token.BEGIN_OBJECT) {
      plain().read(in, token, 1);
      return;
    }
    Token first = in.next();
    if (form == Form.ROWS && first == Token.KEY && in.text().equals("b64")) {
      plain().binary(in, 1);
      return;
    }
    if (unnamed != null) {
      throw Refusal.bad("Expecting value/list but got object");
    }
    int before = named.size();
    int read = features(in, first, named);
    if (rows > 0 && (named.size() != before || read != before)) {
      throw Refusal.bad(
          "JSON object must only have keys: " + String.join(",", new TreeSet<>(named.keySet())));
    }
  }

  private JsonValues plain() {
    if (!named.isEmpty() || form == Form.EXAMPLES) {
      throw Refusal.bad("Expecting object but got list or value");
    }
    if (unnamed == null) {
      unnamed = new JsonValues();
    }
    return unnamed;
  }

  /** Reads the entries of an object, each one row of an input; the result is how many. */
  private static int features(JsonReader in, Token first, Map<String, JsonValues> into)
      throws IOException {
    int read = 0;
    for (Token token = first; token == Token.KEY; token = in.next()) {
      String name = in.text();
      into.computeIfAbsent(name, n -> new JsonValues()).read(in, in.next(), 1);
      read++;
    }
    return read;
  }

  private void columns(JsonReader in, Token value) throws IOException {
    if (value != Token.BEGIN_OBJECT) {
      unnamed = new JsonValues();
      unnamed.read(in, value, 0);
      return;
    }
    for (Token token = in.next(); token == Token.KEY; token = in.next()) {
      String name = in.text();
      Token next = in.next();
      if (name.equals("b64") && named.isEmpty() && next == Token.TEXT) {
        throw Refusal.bad("inputs: expecting a list of values, one a row, came a single one");
      }
      JsonValues values = new JsonValues();
      values.read(in, next, 0);
      named.put(name, values);
    }
  }

  Form form() {
    return form;
  }

  /** The signature asked for, or null. */
  String signature() {
    return signature;
  }

  /** True when all that is given is bytes, and a signature has inputs for them by these names. */
  boolean bytesFor(ServedSignature signature) {
    boolean strings =
        signature.inputs().values().stream().allMatch(port -> port.type() == DataType.DT_STRING);
    return unnamed == null
        ? strings
            && named.keySet().equals(signature.inputs().keySet())
            && named.values().stream().allMatch(JsonValues::binary)
        : strings && signature.inputs().size() == 1 && unnamed.binary();
  }

  /** Whether a signature takes each example as a serialised {@code tf.Example}. */
  private static boolean takesExamples(ServedSignature signature) {
    return signature.inputs().size() == 1
        && signature.inputs().values().iterator().next().type() == DataType.DT_STRING
        && signature.method().matches("tensorflow/serving/(classify|regress)");
  }

  private Rows examples(Map<String, JsonValues> features) {
    List<byte[]> examples = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      Features.Builder all = Features.newBuilder();
      for (Map.Entry<String, JsonValues> feature : features.entrySet()) {
        String name = feature.getKey();
        all.putFeature(name, feature.getValue().feature(name, row, rows));
      }
      examples.add(Example.newBuilder().setFeatures(all).build().toByteArray());
    }
    return Rows.of(new long[] {rows}, examples);
  }

  /** One tensor an input, as {@code wanted} says. */
  Map<String, Rows> inputs(ServedSignature wanted) {
    Map<String, JsonValues> all = new LinkedHashMap<>(named);
    context.forEach(
        (name, values) -> {
          if (all.putIfAbsent(name, values) != null) {
            throw Refusal.bad("feature '" + name + "' is in the context and in the examples");
          }
          values.repeat(rows);
        });
    if (form == Form.EXAMPLES && takesExamples(wanted)) {
      return Map.of(wanted.inputs().keySet().iterator().next(), examples(all));
    }
    if (unnamed != null) {
      if (wanted.inputs().size() > 1) {
        throw Refusal.bad(
            form == Form.ROWS
                ? "instances is a plain list, but expecting list of objects as multiple input"
                    + " tensors required as per tensorinfo_map"
                : "inputs is a plain value/list, but expecting an object as multiple input tensors"
                    + " required as per tensorinfo_map");
      }
      all.put(wanted.inputs().keySet().iterator().next(), unnamed);
    }
    if (form != Form.COLUMNS) {
      for (String name : all.keySet()) {
        if (!wanted.inputs().containsKey(name)) {
          throw Refusal.bad("JSON object: does not have named input: " + name);
        }
      }
    }
    Map<String, Rows> inputs = new LinkedHashMap<>();
    wanted
        .inputs()
        .forEach(
            (name, port) -> {
              if (!all.containsKey(name)) {
                throw Refusal.bad("Missing named input: " + name + ".");
              }
              inputs.put(name, all.get(name).rows(name, port));
            });
    return inputs;
  }
}
