package dev.graft.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.graft.error.MalformedFileException;
import java.io.IOException;
import java.io.InputStream;

/** JSON text from plain Java values (maps, lists, strings, numbers, booleans, null), and back. */
public final class Json {
  /** Keras configs nest a few dozen levels for nested models; far above that is an attack. */
  private static final int MAX_DEPTH = 500;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // Python's json writes NaN and Infinity, and Keras configs hold them.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  static {
    MAPPER
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxStringLength(64 << 20)
                .build());
  }

  private Json() {}

  /** {@code value} as one line of JSON. */
  public static String compact(Object value) {
    return write(value, false);
  }

  /** {@code value} as indented JSON that ends in a line feed. */
  public static String pretty(Object value) {
    return write(value, true) + "\n";
  }

  static JsonNode parse(String text, String where) {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node == null || node.isMissingNode()) {
        throw new MalformedFileException(where + ": expected JSON, the text is empty.");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw malformed(where, e);
    }
  }

  static JsonParser parser(InputStream in) throws IOException {
    return MAPPER.getFactory().createParser(in);
  }

  static MalformedFileException malformed(String where, JsonProcessingException e) {
    String at =
        e.getLocation() == null
            ? ""
            : " at line "
                + e.getLocation().getLineNr()
                + ", column "
                + e.getLocation().getColumnNr();
    return new MalformedFileException(
        where + ": not valid JSON" + at + ": " + e.getOriginalMessage(), e);
  }

  static Object plain(JsonNode node) {
    return MAPPER.convertValue(node, Object.class);
  }

  static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  private static String write(Object value, boolean pretty) {
    try {
      if (!pretty) {
        return MAPPER.writeValueAsString(value);
      }
      DefaultIndenter indent = new DefaultIndenter("  ", "\n");
      DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
      printer.indentObjectsWith(indent);
      return MAPPER.writer(printer).writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not plain data: " + value, e);
    }
  }
}
