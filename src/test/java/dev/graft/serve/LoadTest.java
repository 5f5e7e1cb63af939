package dev.graft.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.export.Answer;
import dev.graft.export.ServedModel;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Tensor;

/** Concurrent clients on the loopback: no error, and memory that stays. */
@Tag("load")
class LoadTest {
  private static final Settings SETTINGS = Settings.standard();
  private static final int CLIENTS = 8;
  private static final int WARM = 5_000;
  private static final int REQUESTS = 20_000;
  private static final long PAGE = 4096;
  private static final long MOST_GROWTH = 48L << 20;

  @TempDir Path folder;
  private final long[] nanos = new long[REQUESTS];

  @Test
  void answersTwentyThousandRequestsInTheSameMemory() throws Exception {
    Served.write(folder);
    String picture = Base64.getEncoder().encodeToString(Served.picture(1, "jpg"));
    String images =
        "{\"signature_name\": \"serve_images\", \"instances\": [{\"b64\": \"" + picture + "\"}]}";
    String rows = "{\"instances\": " + Served.json(Served.ROWS, 2) + "}";
    try (ModelServer server =
        ModelServer.start(folder, ServerOptions.local("flowers", 0), SETTINGS)) {
      URI uri = URI.create(server.modelAddress() + ":predict");
      send(uri, WARM, images, rows);
      long before = resident();
      long begin = System.nanoTime();
      send(uri, REQUESTS, images, rows);
      double seconds = (System.nanoTime() - begin) / 1e9;
      long growth = resident() - before;
      Arrays.sort(nanos);
      System.out.printf(
          Locale.ROOT,
          "%d clients, %d requests: %.0f a second, median %.2f ms, 99 of 100 within %.2f ms;"
              + " memory grew by %.1f MB; bare Session.run %.2f ms%n",
          CLIENTS,
          REQUESTS,
          REQUESTS / seconds,
          nanos[REQUESTS / 2] / 1e6,
          nanos[REQUESTS * 99 / 100] / 1e6,
          growth / 1e6,
          bare());
      assertThat(growth).isLessThan(MOST_GROWTH);
    }
  }

  private void send(URI uri, int count, String... bodies) throws InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    AtomicInteger next = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    for (int c = 0; c < CLIENTS; c++) {
      clients.execute(
          () -> {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
              long begin = System.nanoTime();
              if (!ask(client, uri, bodies[i % bodies.length])) {
                failed.incrementAndGet();
              }
              nanos[i] = System.nanoTime() - begin;
            }
          });
    }
    clients.shutdown();
    assertThat(clients.awaitTermination(20, TimeUnit.MINUTES)).isTrue();
    assertThat(next.get()).isGreaterThanOrEqualTo(count);
    assertThat(failed).hasValue(0);
  }

  private static boolean ask(HttpClient client, URI uri, String body) {
    try {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 && answer.body().contains("predictions");
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  /** Milliseconds of one picture through the session alone. */
  private double bare() {
    try (ServedModel model = ServedModel.open(folder.resolve("saved_model"), SETTINGS);
        Tensor picture = Tensors.strings(List.of(Served.picture(1, "jpg")), 1)) {
      long[] times = new long[2000];
      for (int i = 0; i < times.length; i++) {
        long begin = System.nanoTime();
        try (Answer answer = model.run("serve_images", Map.of("image_bytes", picture))) {
          assertThat(answer.names()).isNotEmpty();
        }
        times[i] = System.nanoTime() - begin;
      }
      Arrays.sort(times);
      return times[times.length / 2] / 1e6;
    }
  }

  /** Bytes of memory this process holds. */
  private static long resident() throws IOException {
    System.gc();
    String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1);
    return Long.parseLong(pages[1]) * PAGE;
  }
}
