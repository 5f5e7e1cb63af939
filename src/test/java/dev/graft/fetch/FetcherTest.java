package dev.graft.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.files.Sha256;
import dev.graft.progress.Progress;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetcherTest {
  private static final int SIZE = 300_000;

  @TempDir Path store;

  private final byte[] content = new byte[SIZE];
  private final List<Progress.Event> events = new ArrayList<>();
  private Server server;

  @BeforeEach
  void start() throws IOException {
    server = new Server();
    new Random(7).nextBytes(content);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String sum() throws IOException {
    Path file = Files.createTempFile(store, "sum", null);
    Files.write(file, content);
    String sum = Sha256.of(file);
    Files.delete(file);
    return sum;
  }

  private static Published published(long bytes, String sha256, URI... urls) {
    return new Published(
        "thing",
        Published.Kind.WEIGHTS,
        "",
        false,
        List.of(new Published.Item("thing.h5", List.of(urls), bytes, null, sha256, false)),
        "MIT",
        "nobody",
        "a thing");
  }

  private Fetcher fetcher(Map<String, String> environment, Fetcher.Wishes wishes) {
    Places places = new Places(List.of(), List.of(store.resolve("weights")), store);
    return new Fetcher(places, environment, events::add, wishes, 1);
  }

  private List<Fetcher.Fetched> fetch(Published published) {
    return fetcher(Map.of(), Fetcher.Wishes.NONE).fetch(published);
  }

  private Path target() {
    return store.resolve("weights").resolve("thing.h5");
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(store.resolve("weights"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theFileArrivesWithProgressAndNothingElseStays() throws IOException {
    Published thing = published(SIZE, sum(), server.put("/thing.h5", content));
    assertThat(fetch(thing)).containsExactly(new Fetcher.Fetched(target(), sum()));
    assertThat(target()).hasBinaryContent(content);
    assertThat(left()).containsExactly("thing.h5");
    assertThat(events.get(0))
        .isEqualTo(new Progress.PhaseStarted("fetching thing.h5", SIZE, "bytes"));
    assertThat(events).contains(new Progress.Advanced(SIZE, Map.of()));
    assertThat(events.get(events.size() - 1)).isEqualTo(new Progress.PhaseEnded());
    // A second time nothing is asked of the server.
    assertThat(fetch(thing)).containsExactly(new Fetcher.Fetched(target(), null));
    assertThat(server.asked).containsExactly("/thing.h5");
  }

  @Test
  void whatWasCutOffGoesOnWhereItEnded() throws IOException {
    server.cutAfter = 100_000;
    server.cuts = 2;
    fetch(published(SIZE, sum(), server.put("/thing.h5", content)));
    assertThat(target()).hasBinaryContent(content);
    assertThat(server.asked)
        .containsExactly("/thing.h5", "/thing.h5 from 100000", "/thing.h5 from 200000");
  }

  @Test
  void aLaterCommandGoesOnToo() throws IOException {
    server.cutAfter = 1000;
    server.cuts = 5;
    Published thing = published(SIZE, sum(), server.put("/thing.h5", content));
    assertThatThrownBy(() -> fetch(thing))
        .isInstanceOf(DataException.class)
        .hasMessageMatching(
            "http.*/thing.h5: broke off: .*\\. 5000 bytes are kept; the same command goes on from"
                + " there\\.");
    assertThat(target()).doesNotExist();
    server.asked.clear();
    fetch(thing);
    assertThat(server.asked).containsExactly("/thing.h5 from 5000");
    assertThat(target()).hasBinaryContent(content);
  }

  @Test
  void anotherFileUnderTheSameUrlIsFetchedFromItsBeginning() throws IOException {
    server.cutAfter = 1000;
    server.cuts = 5;
    Published thing = published(SIZE, sum(), server.put("/thing.h5", new byte[SIZE]));
    assertThatThrownBy(() -> fetch(thing)).isInstanceOf(DataException.class);
    server.put("/thing.h5", content);
    server.tag = "\"two\"";
    server.asked.clear();
    fetch(thing);
    assertThat(server.asked).containsExactly("/thing.h5");
    assertThat(target()).hasBinaryContent(content);
  }

  @Test
  void wrongBytesAreRemoved() throws IOException {
    byte[] other = content.clone();
    other[5]++;
    Published thing = published(SIZE, sum(), server.put("/thing.h5", other));
    assertThatThrownBy(() -> fetch(thing))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("thing.h5: sha256 ")
        .hasMessageContaining(", expected " + sum() + ". It is not the published file, and was");
    assertThat(left()).isEmpty();
  }

  @Test
  void aServerWithMoreBytesThanPublishedIsNotBelieved() {
    Published thing = published(1000, "00", server.put("/thing.h5", content));
    assertThatThrownBy(() -> fetch(thing))
        .hasMessageEndingWith(
            "expected 1000 bytes, the server has 300000. It is not the published file.");
  }

  @Test
  void withoutNetworkTheErrorSaysWhatToDo() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Published thing = published(SIZE, "00", URI.create("http://127.0.0.1:" + port + "/thing.h5"));
    assertThatThrownBy(() -> fetch(thing))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("/thing.h5: cannot be reached: ")
        .hasMessageEndingWith(
            "Check the network and proxy (https_proxy), or fetch it elsewhere and give it with"
                + " --from FILE.");
    assertThat(left()).isEmpty();
  }

  @Test
  void theSecondUrlIsTriedWhenTheFirstHasNothing() throws IOException {
    fetch(published(SIZE, sum(), server.uri("/gone.h5"), server.put("/mirror/thing.h5", content)));
    assertThat(server.asked).containsExactly("/gone.h5", "/mirror/thing.h5");
    assertThat(target()).hasBinaryContent(content);
  }

  @Test
  void aMissingFileIsSaid() {
    assertThatThrownBy(() -> fetch(published(SIZE, "00", server.uri("/gone.h5"))))
        .hasMessageContaining("/gone.h5: the server answers 404. The file may have moved;");
  }

  @Test
  void aBusyServerIsAskedAgain() throws IOException {
    server.refuseWith = 503;
    server.refusals = 3;
    fetch(published(SIZE, sum(), server.put("/thing.h5", content)));
    assertThat(server.asked).hasSize(4);
  }

  @Test
  void redirectsAreFollowedButNotInCircles() throws IOException {
    server.put("/there.h5", content);
    server.move("/hop.h5", "/there.h5");
    fetch(published(SIZE, sum(), server.move("/thing.h5", "/hop.h5")));
    assertThat(target()).hasBinaryContent(content);
    Files.delete(target());
    assertThatThrownBy(() -> fetch(published(SIZE, sum(), server.move("/round", "/round"))))
        .hasMessageEndingWith("the server leads on and on. Give the file with --from.");
    assertThatThrownBy(() -> fetch(published(SIZE, "0", server.move("/a", "file:///etc/passwd"))))
        .hasMessageEndingWith("leads on to file:///etc/passwd, which is not safe. Not followed.");
  }

  @Test
  void anUnknownSumIsPrintedAndMustBeConfirmed() throws IOException {
    Published thing = published(-1, null, server.put("/thing.h5", content));
    assertThatThrownBy(() -> fetch(thing))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "thing.h5: its publisher gives no checksum. What came has 300000 bytes and sha256 "
                + sum()
                + ". If that is the file you trust: graft weights fetch thing --accept-sha256 "
                + sum());
    assertThat(target()).doesNotExist();
    fetcher(Map.of(), new Fetcher.Wishes(sum(), null)).fetch(thing);
    assertThat(target()).hasBinaryContent(content);
    // It was kept meanwhile: the second command asks the server for nothing.
    assertThat(server.asked).containsExactly("/thing.h5");
    Files.delete(target());
    assertThatThrownBy(() -> fetcher(Map.of(), new Fetcher.Wishes("abc", null)).fetch(thing))
        .hasMessageEndingWith(
            "--accept-sha256 says abc. It is not the file you mean, and was" + " removed.");
    assertThat(left()).isEmpty();
  }

  @Test
  void aFileThatIsHereAlreadyIsTakenInstead() throws IOException {
    Path own = Files.write(store.resolve("own.h5"), content);
    Published thing = published(SIZE, sum(), server.uri("/thing.h5"));
    fetcher(Map.of(), new Fetcher.Wishes(null, own)).fetch(thing);
    assertThat(target()).hasBinaryContent(content);
    assertThat(server.asked).isEmpty();
  }

  @Test
  void aMirrorStandsForAllServers() throws IOException {
    server.put("/all/host.example/path/thing.h5", content);
    Map<String, String> environment = Map.of("GRAFT_MIRROR", server.uri("/all").toString());
    fetcher(environment, Fetcher.Wishes.NONE)
        .fetch(published(SIZE, sum(), URI.create("https://host.example/path/thing.h5")));
    assertThat(target()).hasBinaryContent(content);
  }

  @Test
  void aProxyOfTheEnvironmentIsUsed() throws IOException {
    server.put("/thing.h5", content);
    Map<String, String> environment =
        Map.of("http_proxy", server.uri("").toString(), "no_proxy", "elsewhere.example");
    fetcher(environment, Fetcher.Wishes.NONE)
        .fetch(published(SIZE, sum(), URI.create("http://host.invalid/thing.h5")));
    assertThat(target()).hasBinaryContent(content);
  }

  @Test
  void twoAtOnceDoNotMixTheirBytes() throws IOException {
    Published thing = published(SIZE, sum(), server.put("/thing.h5", content));
    Files.createDirectories(store.resolve("weights"));
    Path part = store.resolve("weights").resolve(".thing.h5.part");
    try (FileChannel other =
            FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = other.lock()) {
      assertThat(lock.isValid()).isTrue();
      assertThatThrownBy(() -> fetch(thing))
          .hasMessage(target() + ": somebody else is fetching it right now. Wait for that.");
    }
  }

  @Test
  void aDamagedFileInTheStoreIsNotTakenForThePublishedOne() throws IOException {
    Files.createDirectories(store.resolve("weights"));
    Files.write(target(), new byte[10]);
    assertThatThrownBy(() -> fetch(published(SIZE, sum(), server.uri("/thing.h5"))))
        .hasMessageStartingWith(target() + ": is there but is not the published file: sha256 ");
  }
}
