package dev.graft.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ModelServerTest {
  private static final Settings SETTINGS = new Settings(2, "cpu", Settings.Precision.FLOAT32);

  @TempDir static Path folder;
  private static ModelServer server;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    Served.write(folder);
    ServerOptions.Limits limits =
        new ServerOptions.Limits(200_000, 1_000_000, Duration.ofSeconds(20), 8, 64);
    server =
        ModelServer.start(folder, new ServerOptions("127.0.0.1", 0, "flowers", limits), SETTINGS);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> send(String method, String path, String body) {
    return send(server, method, path, body);
  }

  private static HttpResponse<String> send(
      ModelServer to, String method, String path, String body) {
    URI uri = to.address().resolve(path);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Config ok(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Config.parse(response.body(), "answer");
  }

  private static String predict(String body) {
    return ok(send("POST", "/v1/models/flowers:predict", body)).plain().toString();
  }

  private static String b64(byte[] bytes) {
    return "{\"b64\": \"" + Base64.getEncoder().encodeToString(bytes) + "\"}";
  }

  private static float[] floats(Config list) {
    double[] numbers = list.numbers();
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return floats;
  }

  @Test
  void predictsRowsAndColumnsAsTensorFlowServingDoes() {
    String rows = Served.json(Served.ROWS, 2);
    float[] expected = Served.expected();
    Config byRows = ok(send("POST", "/v1/models/flowers:predict", "{\"instances\": " + rows + "}"));
    List<Config> predictions = byRows.get("predictions").items();
    assertThat(predictions).hasSize(2);
    assertThat(floats(predictions.get(1)))
        .containsExactly(new float[] {expected[3], expected[4], expected[5]}, Offset.offset(1e-6f));
    String named =
        "{\"signature_name\": \"serving_default\", \"inputs\": {\"input_layer\": " + rows + "}}";
    Config byColumns = ok(send("POST", "/v1/models/flowers/versions/1:predict", named));
    assertThat(byColumns.get("outputs").plain()).isEqualTo(byRows.get("predictions").plain());
    Config plain =
        ok(send("POST", "/v1/models/flowers:predict", "{\"inputs\": " + rows + ", \"more\": [1]}"));
    assertThat(plain.get("outputs").plain()).isEqualTo(byRows.get("predictions").plain());
    String first = rows.substring(1, rows.indexOf("]]],") + 3);
    String objects =
        "{\"instances\": [{\"input_layer\": " + first + "}, {\"input_layer\": " + first + "}]}";
    Config byName = ok(send("POST", "/v1/models/flowers:predict", objects));
    assertThat(floats(byName.get("predictions").items().get(1)))
        .containsExactly(new float[] {expected[0], expected[1], expected[2]}, Offset.offset(1e-6f));
  }

  @Test
  void tellsWhatIsOnPictures() {
    byte[] picture = Served.picture(7, "png");
    String body =
        "{\"signature_name\": \"serve_images\", \"instances\": [%1$s, {\"image_bytes\": %1$s}]}";
    String one = "{\"instances\": [" + b64(picture) + "], \"signature_name\": \"serve_images\"}";
    Config answer = ok(send("POST", "/v1/models/flowers:predict", one)).get("predictions");
    Config first = answer.items().get(0);
    assertThat(first.strings("classes")).containsExactly("daisy", "rose", "töüip");
    assertThat(floats(first.get("probabilities")))
        .containsExactly(Served.probabilities(picture), Offset.offset(1e-6f));
    Config inputs =
        ok(
            send(
                "POST",
                "/v1/models/flowers:predict",
                "{\"signature_name\": \"serve_images\", \"inputs\": {\"image_bytes\": ["
                    + b64(picture)
                    + "]}}"));
    assertThat(inputs.get("outputs").keys()).containsExactly("classes", "probabilities");
    assertThat(send("POST", "/v1/models/flowers:predict", body.formatted(b64(picture))).body())
        .contains("Failed to process element: 1 of 'instances' list.");
    Config classified =
        ok(
            send(
                "POST",
                "/v1/models/flowers:classify",
                "{\"examples\": [{\"image_bytes\": " + b64(picture) + "}]}"));
    List<Config> pairs = classified.get("results").items().get(0).items();
    assertThat(pairs).hasSize(3);
    assertThat(pairs.get(1).items().get(0).string()).isEqualTo("rose");
    assertThat((float) pairs.get(1).items().get(1).number())
        .isCloseTo(Served.probabilities(picture)[1], Offset.offset(1e-6f));
  }

  @Test
  void describesTheModel() {
    Config status = ok(send("GET", "/v1/models/flowers", null));
    Config version = status.get("model_version_status").items().get(0);
    assertThat(version.string("version")).isEqualTo("1");
    assertThat(version.string("state")).isEqualTo("AVAILABLE");
    assertThat(version.get("status").string("error_code")).isEqualTo("OK");
    Config metadata = ok(send("GET", "/v1/models/flowers/metadata", null));
    assertThat(metadata.get("model_spec").string("name")).isEqualTo("flowers");
    Config image =
        metadata
            .get("metadata")
            .get("signature_def")
            .get("signature_def")
            .get("serve_images")
            .get("inputs")
            .get("image_bytes");
    assertThat(image.string("dtype")).isEqualTo("DT_STRING");
    assertThat(image.get("tensor_shape").get("dim").items().get(0).string("size")).isEqualTo("-1");
    assertThat(send("GET", "/healthz", null).body()).isEqualTo("ok\n");
    HttpResponse<String> page = send("GET", "/", null);
    assertThat(page.body()).contains("<h1>flowers</h1>").doesNotContain("http://", "https://");
    assertThat(page.headers().firstValue("Content-Security-Policy")).isPresent();
  }

  static Stream<Arguments> badRequests() {
    String predict = "/v1/models/flowers:predict";
    String images = "{\"signature_name\": \"serve_images\", \"instances\": [%s]}";
    return Stream.of(
        Arguments.of(predict, "", "JSON Parse error: The document is empty"),
        Arguments.of(predict, "[1]", "JSON Value: Is not object"),
        Arguments.of(
            predict,
            "{\"instances\": [1, 2",
            "JSON Parse error: not valid JSON at line 1, column 20: Unexpected end-of-input:"
                + " expected close marker for Array (start marker at line: 1, column: 15)"),
        Arguments.of(predict, "{} x", "not valid JSON"),
        Arguments.of(predict, "{}", "Missing 'inputs' or 'instances' key"),
        Arguments.of(predict, "{\"instances\": []}", "No values in 'instances' array"),
        Arguments.of(predict, "{\"instances\": 3}", "Expecting 'instances' to be an list/array"),
        Arguments.of(
            predict,
            "{\"instances\": [1], \"inputs\": [1]}",
            "expecting only one of 'inputs' or 'instances' keys"),
        Arguments.of(predict, "{\"signature_name\": 3, \"inputs\": [1]}", "must be a string value"),
        Arguments.of(
            predict,
            "{\"signature_name\": \"x\", \"inputs\": [1]}",
            "Serving signature name: \\\"x\\\" not found in signature def"),
        Arguments.of(
            predict,
            "{\"instances\": [[1, 2], [3]]}",
            "Failed to process element: 1 of 'instances' list. Error: Encountered list at"
                + " unexpected size: 1 at level: 1 expected size: 2"),
        Arguments.of(predict, "{\"instances\": [[1], 2]}", "found at incorrect level: 2"),
        Arguments.of(
            predict,
            "{\"instances\": [[1, \\\"a\\\"]]}".replace("\\", ""),
            "String stands among values of Type: Number"),
        Arguments.of(
            predict,
            "{\"instances\": [\"a\"]}",
            "JSON Value of input 'input_layer': Type: String is not of expected type: float"),
        Arguments.of(predict, "{\"instances\": [null]}", "Null is not expected"),
        Arguments.of(
            predict,
            "{\"instances\": [[1e39]]}",
            "Cannot convert JSON value: 1.0E39 to float without loss of precision."),
        Arguments.of(
            predict,
            "{\"instances\": [[1, 2]]}",
            "input 'input_layer': expected float32 (-1, 12, 10, 3), came float32 (1, 2)."),
        Arguments.of(predict, "{\"instances\": [{\"x\": 1}]}", "does not have named input: x"),
        Arguments.of(
            predict,
            "{\"instances\": [{\"input_layer\": 1}, {\"x\": 1}]}",
            "JSON object must only have keys: input_layer,x"),
        Arguments.of(predict, "{\"inputs\": {\"x\": 1}}", "Missing named input: input_layer."),
        Arguments.of(predict, images.formatted("{\"b64\": \"?\"}"), "Unable to base64 decode"),
        Arguments.of(
            predict,
            images.formatted(b64("no picture".getBytes(StandardCharsets.UTF_8))),
            "image_bytes 0: expected a JPEG, PNG or GIF, came text"),
        Arguments.of(
            predict,
            images.formatted(b64(Served.bomb())),
            "image_bytes 0: promises 30000 x 30000 pixels, more than the 1000000 allowed"),
        Arguments.of(predict, images.formatted(b64(Served.cut())), "signature 'serve_images': "),
        Arguments.of(
            "/v1/models/flowers:classify",
            "{\"instances\": [1]}",
            "When method is classify, key 'examples' is expected and was not found"),
        Arguments.of(
            "/v1/models/flowers:regress",
            "{\"examples\": [{\"input_layer\": 1}]}",
            "Expected regression signature: 'serving_default' does not give one number a row"),
        Arguments.of(
            "/v1/models/flowers/labels/stable:predict",
            "{}",
            "Unrecognized servable version label: stable"),
        Arguments.of(
            "/v1/models/flowers:train", "{}", "Malformed request: POST /v1/models/flowers:train"));
  }

  @ParameterizedTest
  @MethodSource("badRequests")
  void answersBadRequestsWithTheReason(String path, String body, String reason) {
    HttpResponse<String> response = send("POST", path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(response.body()).startsWith("{\"error\":\"").contains(reason);
    assertThat(send("GET", "/healthz", null).statusCode()).isEqualTo(200);
  }

  @Test
  void knowsItsOwnModelOnly() {
    HttpResponse<String> other = send("POST", "/v1/models/half:predict", "{\"instances\": [1]}");
    assertThat(other.statusCode()).isEqualTo(404);
    assertThat(other.body()).contains("Servable not found for request: Latest(half)");
    HttpResponse<String> version = send("POST", "/v1/models/flowers/versions/7:predict", "{}");
    assertThat(version.statusCode()).isEqualTo(404);
    assertThat(version.body()).contains("Specific(flowers, 7)");
    assertThat(send("GET", "/v1/models/half", null).statusCode()).isEqualTo(404);
    assertThat(send("GET", "/etc/passwd", null).statusCode()).isEqualTo(404);
    assertThat(send("DELETE", "/", null).statusCode()).isEqualTo(405);
    assertThat(send("DELETE", "/v1/models/flowers", null).statusCode()).isEqualTo(400);
  }

  @Test
  void refusesABodyThatIsTooLarge() {
    String large = "{\"instances\": [" + "1,".repeat(150_000) + "1]}";
    HttpResponse<String> response = send("POST", "/v1/models/flowers:predict", large);
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body()).contains("larger than the 200000 bytes allowed");
    HttpRequest chunked =
        HttpRequest.newBuilder(server.address().resolve("/v1/models/flowers:predict"))
            .POST(
                HttpRequest.BodyPublishers.ofInputStream(
                    () -> new java.io.ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8))))
            .build();
    assertThat(
            CLIENT
                .sendAsync(chunked, HttpResponse.BodyHandlers.ofString())
                .handle((r, e) -> e == null ? r.statusCode() : 413)
                .join())
        .isEqualTo(413);
  }

  @Test
  void answersManyAtOnceEachWithItsOwn() {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      byte[] picture = i == 20 ? Served.cut() : Served.picture(i, i % 2 == 0 ? "jpg" : "png");
      String body = "{\"signature_name\": \"serve_images\", \"instances\": [" + b64(picture) + "]}";
      answers.add(
          CLIENT.sendAsync(
              HttpRequest.newBuilder(server.address().resolve("/v1/models/flowers:predict"))
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString()));
    }
    for (int i = 0; i < 40; i++) {
      HttpResponse<String> response = answers.get(i).join();
      if (i == 20) {
        assertThat(response.statusCode()).isEqualTo(400);
        continue;
      }
      Config first = ok(response).get("predictions").items().get(0);
      assertThat(floats(first.get("probabilities")))
          .containsExactly(
              Served.probabilities(Served.picture(i, i % 2 == 0 ? "jpg" : "png")),
              Offset.offset(1e-5f));
    }
    String metrics = send("GET", "/metrics", null).body();
    assertThat(metrics)
        .contains("graft_requests_total{method=\"predict\",code=\"200\"} ")
        .contains("# TYPE graft_request_seconds histogram")
        .contains("graft_rows_waiting 0\n");
    assertThat(batches(metrics)).isLessThan(rows(metrics));
  }

  private static double batches(String metrics) {
    return metric(metrics, "graft_batch_rows_count");
  }

  private static double rows(String metrics) {
    return metric(metrics, "graft_batch_rows_sum");
  }

  private static double metric(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }

  @Test
  void givesUpOnASlowClient() throws IOException {
    ServerOptions.Limits limits =
        new ServerOptions.Limits(1000, 1000, Duration.ofMillis(500), 8, 64);
    try (ModelServer quick =
            ModelServer.start(
                folder, new ServerOptions("127.0.0.1", 0, "flowers", limits), SETTINGS);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), quick.address().getPort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "POST /v1/models/flowers:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 4");
    }
  }

  @Test
  void saysWhenThePortIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServerOptions options = ServerOptions.local("m", taken.getLocalPort());
      assertThatThrownBy(() -> ModelServer.start(folder, options, SETTINGS))
          .isInstanceOf(SettingException.class)
          .hasMessageStartingWith(
              "--port " + taken.getLocalPort() + ": cannot listen on 127.0.0.1: ")
          .hasMessageEndingWith("Choose another port.");
    }
    assertThatThrownBy(() -> ServerOptions.local("a/b", 1))
        .hasMessage("--name: expected a name without slash, colon or blank, came 'a/b'.");
  }

  @Test
  void listensOnThisMachineAlone() {
    assertThat(server.address().getHost()).isEqualTo("127.0.0.1");
    assertThat(server.modelAddress().getPath()).isEqualTo("/v1/models/flowers");
    assertThat(predict("{\"instances\": " + Served.json(Served.ROWS, 2) + "}"))
        .startsWith("{predictions=[[");
  }
}
