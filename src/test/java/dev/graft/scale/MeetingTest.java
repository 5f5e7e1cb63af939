package dev.graft.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.RestartException;
import dev.graft.error.SettingException;
import dev.graft.progress.Progress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How workers meet and speak, all in this process and without TensorFlow. */
class MeetingTest {
  private static final Passport SAME = new Passport(Map.of("recipe", "a"));
  private static final byte[] LETTER = "go on at 7".getBytes(StandardCharsets.UTF_8);

  private final List<String> said = new CopyOnWriteArrayList<>();
  private final List<String> lastResorts = new CopyOnWriteArrayList<>();
  private List<Address> addresses;

  @BeforeEach
  void ports() throws IOException {
    try (ServerSocket a = new ServerSocket(0);
        ServerSocket b = new ServerSocket(0);
        ServerSocket c = new ServerSocket(0)) {
      addresses =
          Cluster.addresses(
              "127.0.0.1:%d, 127.0.0.1:%d,127.0.0.1:%d"
                  .formatted(a.getLocalPort(), b.getLocalPort(), c.getLocalPort()));
    }
  }

  private Cluster cluster(int rank, int joinSeconds) {
    return new Cluster(
        addresses,
        rank,
        new Patience(Duration.ofSeconds(joinSeconds), Duration.ofSeconds(2)),
        lastResorts::add);
  }

  private CompletableFuture<Lines> come(int rank, int joinSeconds, Passport passport) {
    return CompletableFuture.supplyAsync(
        () -> {
          Cluster cluster = cluster(rank, joinSeconds);
          Meeting.Met met =
              new Meeting(cluster, passport, event -> said.add(((Progress.Message) event).text()))
                  .meet(rank == 0 ? LETTER : new byte[0]);
          assertThat(met.letter()).isEqualTo(LETTER);
          return new Lines(cluster, met.links());
        });
  }

  private List<Lines> all(int joinSeconds) {
    List<CompletableFuture<Lines>> coming =
        List.of(come(2, joinSeconds, SAME), come(0, joinSeconds, SAME), come(1, joinSeconds, SAME));
    return List.of(coming.get(1).join(), coming.get(2).join(), coming.get(0).join());
  }

  @Test
  void partsComeInTheOrderOfRanksOnAll() {
    List<Lines> lines = all(20);
    List<CompletableFuture<byte[][]>> exchanges =
        List.of(0, 1, 2).stream()
            .map(
                rank ->
                    CompletableFuture.supplyAsync(
                        () -> lines.get(rank).exchange("a point", new byte[] {(byte) (10 + rank)})))
            .toList();
    exchanges.forEach(e -> assertThat(e.join()).isDeepEqualTo(new byte[][] {{10}, {11}, {12}}));
    lines.parallelStream().forEach(Lines::close);
    assertThat(lastResorts).isEmpty();
  }

  @Test
  void theEndOfOneEndsTheWaitOfAllOthersByName() {
    List<Lines> lines = all(20);
    CompletableFuture<byte[][]> first =
        CompletableFuture.supplyAsync(() -> lines.get(0).exchange("a point", new byte[0]));
    CompletableFuture<byte[][]> second =
        CompletableFuture.supplyAsync(() -> lines.get(1).exchange("a point", new byte[0]));
    lines.get(2).tell("worker 2 (here) ended: a label is out of range");
    for (CompletableFuture<byte[][]> waiting : List.of(first, second)) {
      assertThatThrownBy(waiting::join)
          .hasCauseInstanceOf(RestartException.class)
          .hasMessageContaining(
              "worker 2 (here) ended: a label is out of range. All workers end; start them again"
                  + " with --resume to go on from the last checkpoint.");
    }
  }

  @Test
  void whoIsAtAnotherPointEndsAll() {
    List<Lines> lines = all(20);
    CompletableFuture<byte[][]> first =
        CompletableFuture.supplyAsync(() -> lines.get(0).exchange("epoch 1", new byte[0]));
    var unused = CompletableFuture.runAsync(() -> lines.get(1).exchange("epoch 2", new byte[0]));
    assertThatThrownBy(first::join)
        .hasCauseInstanceOf(RestartException.class)
        .hasMessageContaining("one is at '1 epoch 1', another at '1 epoch 2'");
  }

  @Test
  void whoDoesNotComeToAPointIsNamed() {
    List<Lines> lines = all(2);
    var unused = CompletableFuture.runAsync(() -> lines.get(1).exchange("a point", new byte[0]));
    assertThatThrownBy(() -> lines.get(0).exchange("a point", new byte[0]))
        .isInstanceOf(RestartException.class)
        .hasMessageContaining("worker 2 (" + addresses.get(2) + ") did not come to a point within");
  }

  @Test
  void othersAreRefusedStrangersSentAwayAndTheRightOneStillLetIn() throws IOException {
    CompletableFuture<Lines> first = come(0, 20, SAME);
    CompletableFuture<Lines> wrong = come(1, 20, new Passport(Map.of("recipe", "b")));
    assertThatThrownBy(wrong::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(SettingException.class)
        .hasMessageContaining(
            "is refused by worker 0: its recipe differs (worker 0 has a, it has b). Start all");
    try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), addresses.get(0).port())) {
      stranger.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(stranger.getInputStream().read()).isEqualTo(-1);
    }
    CompletableFuture<Lines> second = come(1, 20, SAME);
    CompletableFuture<Lines> third = come(2, 20, SAME);
    for (CompletableFuture<Lines> each : List.of(first, second, third)) {
      assertThat(each.join().failed()).isNull();
    }
    assertThat(said)
        .anyMatch(s -> s.startsWith("workers: worker 1 was refused: its recipe differs"))
        .anyMatch(s -> s.contains("is no worker: what came is no message of a Graft worker"));
  }

  @Test
  void whoNeverComesIsNamed() {
    CompletableFuture<Lines> first = come(0, 1, SAME);
    CompletableFuture<Lines> third = come(2, 1, SAME);
    assertThatThrownBy(first::join)
        .hasCauseInstanceOf(RestartException.class)
        .hasMessageContaining("worker 1 (" + addresses.get(1) + ") did not come within 1s.");
    assertThatThrownBy(third::join).hasCauseInstanceOf(RestartException.class);
  }

  @Test
  void aPortInUseIsSaidAtOnce() throws IOException {
    try (ServerSocket taken = new ServerSocket(addresses.get(1).port())) {
      assertThat(taken.isBound()).isTrue();
      assertThatThrownBy(() -> cluster(1, 20).checkPort())
          .isInstanceOf(SettingException.class)
          .hasMessageContaining("port " + addresses.get(1).port() + " of this machine")
          .hasMessageContaining("is in use");
    }
    cluster(1, 20).checkPort();
  }
}
