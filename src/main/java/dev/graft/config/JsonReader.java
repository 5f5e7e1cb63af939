package dev.graft.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.graft.error.MalformedFileException;
import java.io.IOException;
import java.io.InputStream;

/**
 * JSON read token by token, for text that is mostly numbers and too large to be held as a tree.
 * Whoever opens one closes it.
 */
public final class JsonReader implements AutoCloseable {
  /** What was read. */
  public enum Token {
    BEGIN_OBJECT,
    END_OBJECT,
    BEGIN_LIST,
    END_LIST,
    KEY,
    TEXT,
    NUMBER,
    TRUE,
    FALSE,
    NULL,
    /** The text is over. */
    END
  }

  private final JsonParser parser;
  private final String where;

  JsonReader(JsonParser parser, String where) {
    this.parser = parser;
    this.where = where;
  }

  /** Reads UTF-8; {@code where} names the place in error messages. */
  public static JsonReader of(InputStream in, String where) throws IOException {
    return new JsonReader(Json.parser(in), where);
  }

  /**
   * The next token.
   *
   * @throws MalformedFileException when it is not JSON
   * @throws IOException when the stream fails
   */
  public Token next() throws IOException {
    JsonToken token = guarded(parser::nextToken);
    if (token == null) {
      return Token.END;
    }
    return switch (token) {
      case START_OBJECT -> Token.BEGIN_OBJECT;
      case END_OBJECT -> Token.END_OBJECT;
      case START_ARRAY -> Token.BEGIN_LIST;
      case END_ARRAY -> Token.END_LIST;
      case FIELD_NAME -> Token.KEY;
      case VALUE_STRING -> Token.TEXT;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Token.NUMBER;
      case VALUE_TRUE -> Token.TRUE;
      case VALUE_FALSE -> Token.FALSE;
      case VALUE_NULL -> Token.NULL;
      case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> throw new IllegalStateException(token.name());
    };
  }

  /** The key, the text, or the number as it is written. */
  public String text() throws IOException {
    return guarded(parser::getText);
  }

  /** The number. */
  public double number() throws IOException {
    return guarded(parser::getDoubleValue);
  }

  /** Whether the number is whole, as it is written. */
  public boolean whole() {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
  }

  /** Passes over the value that begins with the token just read. */
  public void skip() throws IOException {
    guarded(parser::skipChildren);
  }

  private interface Step<T> {
    T run() throws IOException;
  }

  private <T> T guarded(Step<T> step) throws IOException {
    try {
      return step.run();
    } catch (JsonProcessingException e) {
      throw Json.malformed(where, e);
    }
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
