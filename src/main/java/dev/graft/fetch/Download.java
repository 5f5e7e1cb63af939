package dev.graft.fetch;

import dev.graft.error.DataException;
import dev.graft.progress.Progress;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One file over HTTP into an open file, going on where an earlier attempt ended.
 *
 * <p>What came is believed to be the beginning of the same file only when the server's own mark
 * (ETag, else Last-Modified) is the one noted when it came.
 */
final class Download {
  private static final int PIECE = 1 << 16;
  private static final int REDIRECTS = 10;
  private static final int ATTEMPTS = 5;
  private static final int CONNECT_MILLIS = 20_000;
  private static final int READ_MILLIS = 60_000;

  /** No published file is nearly as large; a server that sends more is not the one meant. */
  private static final long MOST = 1L << 33;

  private final Published.Item item;
  private final FileChannel file;
  private final Path mark;
  private final Map<String, String> environment;
  private final Progress progress;
  private final long pauseMillis;
  private long total = -1;

  /**
   * A download.
   *
   * @param file open for reading and writing; what it holds came from an earlier attempt
   * @param mark where the server's mark is noted
   * @param pauseMillis how long to wait before the second attempt; doubled for each further one
   */
  Download(
      Published.Item item,
      FileChannel file,
      Path mark,
      Map<String, String> environment,
      Progress progress,
      long pauseMillis) {
    this.item = item;
    this.file = file;
    this.mark = mark;
    this.environment = environment;
    this.progress = progress;
    this.pauseMillis = pauseMillis;
  }

  /** Tries each URL in turn; the first one's error is thrown when none gives the file. */
  void run(List<URI> urls) {
    DataException first = null;
    for (URI url : urls) {
      try {
        attempts(url);
        return;
      } catch (DataException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    throw first;
  }

  private void attempts(URI url) {
    progress.on(new Progress.PhaseStarted("fetching " + item.urlName(), item.bytes(), "bytes"));
    for (int attempt = 1; ; attempt++) {
      long before = size();
      try {
        once(url, 0);
        progress.on(new Progress.PhaseEnded());
        return;
      } catch (Busy | IOException e) {
        if (attempt == ATTEMPTS || (e instanceof IOException && before == size())) {
          progress.on(new Progress.PhaseEnded());
          throw unreachable(url, e);
        }
        pause(attempt);
      }
    }
  }

  /** The server asks to come back later. */
  private static final class Busy extends Exception {
    private static final long serialVersionUID = 1;

    Busy(String message) {
      super(message);
    }
  }

  private void pause(int attempt) {
    try {
      Thread.sleep(pauseMillis << (attempt - 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException("fetching " + item.urlName() + ": interrupted.", e);
    }
  }

  private void once(URI url, int redirects) throws IOException, Busy {
    long have = size();
    String noted = Files.exists(mark) ? Files.readString(mark).strip() : "";
    HttpURLConnection connection =
        (HttpURLConnection) url.toURL().openConnection(Proxies.of(url, environment));
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(READ_MILLIS);
    connection.setRequestProperty("User-Agent", "graft");
    connection.setRequestProperty("Accept-Encoding", "identity");
    boolean resume = have > 0 && !noted.isEmpty();
    if (resume) {
      connection.setRequestProperty("Range", "bytes=" + have + "-");
      connection.setRequestProperty("If-Range", noted);
    }
    try {
      int code = connection.getResponseCode();
      switch (code) {
        case 200 -> body(connection, 0);
        case 206 -> {
          if (!continues(connection, have)) {
            restart();
            throw new Busy("the server sent another part than asked for");
          }
          body(connection, have);
        }
        case 301, 302, 303, 307, 308 -> redirected(url, connection, redirects);
        case 416 -> {
          restart();
          throw new Busy("the server has no more than what came");
        }
        case 408, 429, 500, 502, 503, 504 -> throw new Busy("the server answers " + code);
        default ->
            throw new DataException(
                url
                    + ": the server answers "
                    + code
                    + ". The file may have moved; fetch it elsewhere and give it with --from.");
      }
    } finally {
      connection.disconnect();
    }
  }

  /** Whether the answer begins where the file ends and is of the same file. */
  private static boolean continues(HttpURLConnection connection, long have) {
    String range = connection.getHeaderField("Content-Range");
    return range != null && range.startsWith("bytes " + have + "-");
  }

  private void restart() throws IOException {
    file.truncate(0);
    Files.deleteIfExists(mark);
  }

  private void redirected(URI url, HttpURLConnection connection, int redirects)
      throws IOException, Busy {
    String location = connection.getHeaderField("Location");
    if (location == null || redirects == REDIRECTS) {
      throw new DataException(url + ": the server leads on and on. Give the file with --from.");
    }
    URI next;
    try {
      next = url.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new DataException(url + ": the server leads on to '" + location + "'.", e);
    }
    boolean web = "https".equals(next.getScheme()) || "http".equals(next.getScheme());
    if (!web || ("https".equals(url.getScheme()) && "http".equals(next.getScheme()))) {
      throw new DataException(
          url + ": the server leads on to " + next + ", which is not safe. Not followed.");
    }
    once(next, redirects + 1);
  }

  private void body(HttpURLConnection connection, long from) throws IOException {
    long length = connection.getContentLengthLong();
    total = length < 0 ? item.bytes() : from + length;
    fits(connection.getURL().toString());
    file.truncate(from);
    file.position(from);
    String tag = connection.getHeaderField("ETag");
    if (tag == null || tag.startsWith("W/")) {
      tag = connection.getHeaderField("Last-Modified");
    }
    Files.writeString(mark, tag == null ? "" : tag);
    if (total >= 0 && item.bytes() < 0) {
      progress.on(new Progress.PhaseEnded());
      progress.on(new Progress.PhaseStarted("fetching " + item.urlName(), total, "bytes"));
    }
    long done = from;
    byte[] piece = new byte[PIECE];
    try (InputStream in = connection.getInputStream()) {
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        done += count;
        if (done > (total < 0 ? MOST : total)) {
          throw tooLarge(connection.getURL().toString(), done);
        }
        ByteBuffer bytes = ByteBuffer.wrap(piece, 0, count);
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
        progress.on(new Progress.Advanced(done, Map.of()));
      }
    }
    if (total >= 0 && done < total) {
      throw new EOFException(done + " of " + total + " bytes came");
    }
  }

  private void fits(String url) throws IOException {
    if (total > MOST || (item.bytes() >= 0 && total != item.bytes())) {
      throw tooLarge(url, total);
    }
    long free = Files.getFileStore(mark.toAbsolutePath().getParent()).getUsableSpace();
    if (total - size() > free) {
      throw new DataException(
          mark.getParent()
              + ": "
              + item.urlName()
              + " needs "
              + (total - size())
              + " bytes, the disk has "
              + free
              + ". Free some space, or set GRAFT_HOME to another disk.");
    }
  }

  private DataException tooLarge(String url, long came) {
    return new DataException(
        url
            + ": expected "
            + (item.bytes() >= 0 ? item.bytes() : "at most " + MOST)
            + " bytes, the server has "
            + came
            + ". It is not the published file.");
  }

  private long size() {
    try {
      return file.size();
    } catch (IOException e) {
      throw new DataException(mark + ": its file cannot be read: " + e.getMessage() + ".", e);
    }
  }

  private DataException unreachable(URI url, Exception e) {
    long have = size();
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String host = url.getHost();
    return new DataException(
        url
            + (have > 0 ? ": broke off: " : ": cannot be reached: ")
            + (reason.equals(host) ? "no such host, or no network" : reason)
            + ". "
            + (have > 0
                ? have + " bytes are kept; the same command goes on from there."
                : "Check the network and proxy (https_proxy), or fetch it elsewhere and give it"
                    + " with --from FILE."),
        e);
  }
}
