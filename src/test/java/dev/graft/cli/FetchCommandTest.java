package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.graft.config.Config;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchCommandTest {
  private static final String ZIP = "download.tensorflow.org/models/inception_dec_2015.zip";

  @TempDir Path home;

  private final Map<String, String> environment = new HashMap<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    byte[] zip = zip();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/storage.googleapis.com/" + ZIP,
        exchange -> {
          exchange.sendResponseHeaders(200, zip.length);
          exchange.getResponseBody().write(zip);
          exchange.close();
        });
    server.start();
    environment.put("GRAFT_HOME", home.resolve("graft").toString());
    environment.put("KERAS_HOME", home.resolve("keras").toString());
    environment.put("GRAFT_MIRROR", "http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static byte[] zip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("tensorflow_inception_graph.pb"));
      zip.write("graph".getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private Cli.Outcome graft(String... arguments) {
    return Cli.graft(environment, arguments);
  }

  @Test
  void aFileWithoutPublishedSumIsConfirmedThenFoundWhereItWasPut() {
    Cli.Outcome first = graft("weights", "fetch", "inception_dec_2015");
    assertThat(first.code()).isEqualTo(2);
    assertThat(first.error()).contains("its publisher gives no checksum");
    String sum = first.error().replaceAll(".*--accept-sha256 ([0-9a-f]{64})$", "$1");
    Path place = home.resolve("graft/weights/inception_dec_2015");
    assertThat(graft("weights", "where", "inception_dec_2015").code()).isEqualTo(2);
    Cli.Outcome second = graft("weights", "fetch", "inception_dec_2015", "--accept-sha256", sum);
    assertThat(second.code()).isZero();
    assertThat(second.out()).startsWith(place + "  sha256 " + sum);
    assertThat(second.out()).contains("Licence: Apache-2.0");
    assertThat(place.resolve("tensorflow_inception_graph.pb")).hasContent("graph");
    assertThat(graft("weights", "where", "inception_dec_2015").out()).isEqualTo(place + "\n");
  }

  @Test
  void aFileThatTheMirrorLacksIsSaid() {
    Cli.Outcome outcome = graft("data", "fetch", "mnist");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.error())
        .contains("/storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz: the server")
        .contains("answers 404");
  }

  @Test
  void theListSaysWhatIsHere() throws IOException {
    Path file = home.resolve("keras/models/imagenet_class_index.json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{}");
    Cli.Outcome outcome = graft("weights", "list", "class_index", "--json");
    assertThat(outcome.code()).isZero();
    Config only = Config.parse(outcome.out(), "list").items().get(0);
    assertThat(only.string("found")).isEqualTo(file.toString());
    assertThat(only.get("files").items().get(0).string("md5"))
        .isEqualTo("c2c37ea517e94d9795004a39431a14cb");
    assertThat(graft("data", "list").out().lines()).hasSize(3);
  }

  @Test
  void anUnknownNameOrWordIsAMistake() {
    assertThat(graft("data", "fetch", "mnits").error())
        .contains("nothing published is known as 'mnits'. Did you mean 'mnist'?");
    assertThat(graft("data", "find", "mnist").error()).contains("expected list, fetch or where");
    assertThat(graft("data", "fetch").error()).contains("fetch what?");
  }

  @Test
  void aRecipeAndAnApplicationSayHowToFetchWhatTheyLack() throws IOException {
    Path recipe = home.resolve("r.json");
    Files.writeString(
        recipe,
        """
        {"graft": 1, "name": "r",
         "model": {"trunk": {"application": "vgg19", "input": [32, 32, 3]},
                   "head": ["Flatten", {"Dense": {"units": "classes"}}]},
         "data": {"train": {"dataset": "fashion-mnist-sample"}},
         "stages": [{"optimizer": "Adam", "loss": "mse", "epochs": 1}]}
        """);
    assertThat(graft("train", recipe.toString(), "--out", home + "/run").error())
        .contains(
            "the ImageNet weights of vgg19 (vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5")
        .contains(
            "Fetch them with: graft weights fetch vgg19 (they go to "
                + home.resolve("graft/weights/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"));
    assertThat(graft("train", recipe.toString(), "--data", home.toString()).error())
        .contains("--data says where a named data set lies, and this recipe names none");
    assertThat(graft("train", recipe.toString(), "--epochs", "3").error())
        .isEqualTo("graft: --epochs: a recipe says that itself. Change it with --set KEY=VALUE.");
    assertThat(graft("predict", "vgg16", recipe.toString(), "--preprocess", "vgg16").error())
        .contains("Fetch them with: graft weights fetch vgg16-top ");
  }
}
