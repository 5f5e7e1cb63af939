package dev.graft.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.graft.error.MalformedFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON text from plain Java values (maps, lists, strings, numbers, booleans, null), and back.
 *
 * <p>Jackson's tokens alone are used: its object mapper costs every start of Graft some 40 ms.
 */
public final class Json {
  /** Keras configs nest a few dozen levels for nested models; far above that is an attack. */
  private static final int MAX_DEPTH = 500;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // Python's json writes NaN and Infinity, and Keras configs hold them.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(64 << 20)
                  .build())
          .build();

  private Json() {}

  /** {@code value} as one line of JSON. */
  public static String compact(Object value) {
    return write(value, false);
  }

  /** {@code value} as indented JSON that ends in a line feed. */
  public static String pretty(Object value) {
    return write(value, true) + "\n";
  }

  /** The value that {@code text} holds: maps and lists in its order, which nobody changes. */
  static Object parse(String text, String where) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new MalformedFileException(where + ": expected JSON, the text is empty.");
      }
      Object value = value(parser);
      if (parser.nextToken() != null) {
        throw new JsonParseException(parser, "more text after the end of the value");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw malformed(where, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String key = parser.currentName();
          parser.nextToken();
          map.put(key, value(parser));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      // An Integer, a Long or a BigInteger, as it fits; a Double.
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new JsonParseException(parser, "a value was expected");
    };
  }

  static JsonParser parser(InputStream in) throws IOException {
    return FACTORY.createParser(in);
  }

  static MalformedFileException malformed(String where, JsonProcessingException e) {
    String at =
        e.getLocation() == null
            ? ""
            : " at line "
                + e.getLocation().getLineNr()
                + ", column "
                + e.getLocation().getColumnNr();
    // Jackson also says that it does not say what the text is.
    String reason = e.getOriginalMessage().replaceAll("\\[Source: [^;]*; (line[^\\]]*)\\]", "$1");
    return new MalformedFileException(where + ": not valid JSON" + at + ": " + reason, e);
  }

  /**
   * A copy of {@code value} in the types that {@link #parse} gives.
   *
   * @throws IllegalArgumentException when it is, or holds, something that JSON has not
   */
  static Object plain(Object value) {
    if (value == null || value instanceof Boolean || value instanceof Number) {
      return value;
    }
    if (value instanceof CharSequence || value instanceof Enum<?>) {
      return value.toString();
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((key, one) -> copy.put(String.valueOf(key), plain(one)));
      return copy;
    }
    List<Object> list = new ArrayList<>();
    if (value instanceof Iterable<?> all) {
      all.forEach(one -> list.add(plain(one)));
    } else if (value.getClass().isArray()) {
      for (int i = 0; i < Array.getLength(value); i++) {
        list.add(plain(Array.get(value, i)));
      }
    } else {
      throw new IllegalArgumentException("not plain data: " + value.getClass() + " " + value);
    }
    return list;
  }

  private static String write(Object value, boolean pretty) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      if (pretty) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
        out.setPrettyPrinter(printer);
      }
      put(plain(value), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void put(Object value, JsonGenerator out) throws IOException {
    if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeFieldName((String) entry.getKey());
        put(entry.getValue(), out);
      }
      out.writeEndObject();
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      for (Object one : list) {
        put(one, out);
      }
      out.writeEndArray();
    } else {
      // Text, a number, true, false or null.
      out.writeObject(value);
    }
  }
}
