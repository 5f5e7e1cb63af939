package dev.graft.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.runtime.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests as clients of TensorFlow Serving send them, to the letter. */
class ClientsTest {
  private static final String ADDRESS = "/v1/models/fl%C3%B6wers";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir static Path folder;
  private static ModelServer flowers;
  private static ModelServer halfPlusTwo;

  @BeforeAll
  static void start() throws IOException {
    Settings settings = Settings.standard();
    Served.write(Files.createDirectory(folder.resolve("run")));
    flowers = ModelServer.start(folder.resolve("run"), ServerOptions.local("flöwers", 0), settings);
    HalfPlusTwo.write(folder.resolve("half_plus_two/00000123"));
    halfPlusTwo =
        ModelServer.start(
            folder.resolve("half_plus_two"), ServerOptions.local("half_plus_two", 0), settings);
  }

  @AfterAll
  static void stop() {
    flowers.close();
    halfPlusTwo.close();
  }

  private static HttpResponse<String> send(
      ModelServer to, String path, byte[] body, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(to.address().resolve(path));
    if (body != null) {
      request.POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  static Stream<Arguments> rows() {
    String rows = Served.json(Served.ROWS, 2);
    String python = "{\"signature_name\": \"serving_default\", \"instances\": " + rows + "}";
    String orjson = "{\"instances\":" + rows.replace(" ", "") + "}";
    String[] json = {"content-type", "application/json"};
    String[] form = {"Content-Type", "application/x-www-form-urlencoded"};
    return Stream.of(
        // TensorFlow's tutorial rest_simple and Keras's guide: requests with json.dumps.
        Arguments.of(":predict", utf8(python), json),
        Arguments.of("/versions/1:predict", utf8(python), json),
        // kserve's InferenceRESTClient: httpx with orjson, and no type.
        Arguments.of(":predict", utf8(orjson), new String[0]),
        // curl -d.
        Arguments.of(":predict", utf8("{\"instances\": " + rows + "}"), form),
        Arguments.of(":predict", gzip(utf8(python)), new String[] {"Content-Encoding", "gzip"}));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void answersRows(String path, byte[] body, String[] headers) {
    HttpResponse<String> response = send(flowers, ADDRESS + path, body, headers);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    List<Config> rows = Config.parse(response.body(), "answer").get("predictions").items();
    assertThat(rows).hasSize(2);
    double[] expected = new double[3];
    for (int i = 0; i < 3; i++) {
      expected[i] = Served.expected()[3 + i];
    }
    assertThat(rows.get(1).numbers()).containsExactly(expected, Offset.offset(1e-6));
  }

  static Stream<String> pictures() {
    byte[] photo = Served.picture(7, "jpg");
    String code = Base64.getEncoder().encodeToString(photo);
    String lines = Base64.getMimeEncoder(76, utf8("\n")).encodeToString(photo).replace("\n", "\\n");
    return Stream.of(
        // resnet_client.py of TensorFlow Serving's examples, which names no signature.
        "{\"instances\" : [{\"b64\": \"" + code + "\"}]}",
        "{\"instances\": [{\"image_bytes\": {\"b64\": \"" + code + "\"}}]}",
        "{\"signature_name\": \"serve_images\", \"instances\": [{\"b64\": \"" + code + "\"}]}",
        // base64 without -w0.
        "{\"instances\": [{\"b64\": \"" + lines + "\"}]}",
        "{\"instances\": [{\"b64\": \"" + code.replace("=", "") + "\"}]}");
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void answersPictures(String body) {
    HttpResponse<String> response = send(flowers, ADDRESS + ":predict", utf8(body));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    Config first = Config.parse(response.body(), "answer").get("predictions").items().get(0);
    float[] expected = Served.probabilities(Served.picture(7, "jpg"));
    double[] given = first.get("probabilities").numbers();
    for (int i = 0; i < given.length; i++) {
      assertThat(given[i]).isCloseTo(expected[i], Offset.offset(1e-6));
    }
  }

  /** The session that TensorFlow Serving's page on its REST API shows. */
  @Test
  void answersTheExampleOfThePublishedApi() {
    String path = "/v1/models/half_plus_two";
    assertThat(send(halfPlusTwo, path, null).body()).contains("\"version\" : \"123\"");
    assertThat(send(halfPlusTwo, path + "/versions/123", null).statusCode()).isEqualTo(200);
    assertThat(send(halfPlusTwo, path + ":predict", utf8("{\"instances\": [1.0,2.0,5.0]}")).body())
        .isEqualTo("{\n    \"predictions\": [2.5, 3.0, 4.5]\n}\n");
    String examples = "\", \"examples\": [{\"x\": 1.0}, {\"x\": 2.0}]}";
    assertThat(
            send(
                    halfPlusTwo,
                    path + ":regress",
                    utf8("{\"signature_name\": \"tensorflow/serving/regress" + examples))
                .body())
        .isEqualTo("{\n    \"results\": [2.5, 3.0]\n}\n");
    assertThat(
            send(
                    halfPlusTwo,
                    path + ":classify",
                    utf8("{\"signature_name\": \"tensorflow/serving/classify" + examples))
                .body())
        .isEqualTo("{\n    \"results\": [[[\"\", 2.5]], [[\"\", 3.0]]]\n}\n");
    HttpResponse<String> other =
        send(halfPlusTwo, "/v1/models/half:predict", utf8("{\"instances\": [1.0,5.0]}"));
    assertThat(other.statusCode()).isEqualTo(404);
    assertThat(other.body())
        .isEqualTo("{\"error\":\"Servable not found for request: Latest(half)\"}\n");
  }

  /** A whole number is another kind of feature, which the graph does not read. */
  @Test
  void saysWhatAGraphDoesNotTake() {
    String path = "/v1/models/half_plus_two";
    String whole =
        "{\"signature_name\": \"tensorflow/serving/regress\", \"examples\": [{\"x\": 1}]}";
    HttpResponse<String> integers = send(halfPlusTwo, path + ":regress", utf8(whole));
    assertThat(integers.statusCode()).isEqualTo(400);
    assertThat(integers.body()).contains("Data types don't match");
    HttpResponse<String> deep =
        send(halfPlusTwo, path + ":predict", utf8("{\"instances\": [[1.0, 2.0]]}"));
    assertThat(deep.statusCode()).isEqualTo(400);
    assertThat(deep.body()).contains("input 'x': expected float32 (-1, 1), came float32 (1, 2).");
  }

  @Test
  void refusesWhatIsPackedWrongly() {
    byte[] body = utf8("{\"instances\": " + Served.json(Served.ROWS, 2) + "}");
    String[] gzip = {"Content-Encoding", "gzip"};
    HttpResponse<String> plain = send(flowers, ADDRESS + ":predict", body, gzip);
    assertThat(plain.statusCode()).isEqualTo(400);
    assertThat(plain.body()).contains("the request says it is gzip and is not");
    byte[] cut = Arrays.copyOf(gzip(body), 200);
    assertThat(send(flowers, ADDRESS + ":predict", cut, gzip).statusCode()).isEqualTo(400);
    byte[] bomb = gzip(utf8("{\"instances\": [" + "1,".repeat(20_000_000) + "1]}"));
    assertThat(bomb.length).isLessThan(100_000);
    HttpResponse<String> large = send(flowers, ADDRESS + ":predict", bomb, gzip);
    assertThat(large.statusCode()).isEqualTo(413);
    HttpResponse<String> other =
        send(flowers, ADDRESS + ":predict", body, "Content-Encoding", "br");
    assertThat(other.statusCode()).isEqualTo(415);
    assertThat(other.body()).contains("Content-Encoding: expected gzip or none, came br");
  }
}
