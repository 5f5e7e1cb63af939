package dev.graft.serve;

import dev.graft.error.SettingException;
import java.time.Duration;

/**
 * How a model is served.
 *
 * @param host the address to listen on; 127.0.0.1 is heard on this machine alone
 * @param port 0 takes a free one
 * @param name the model's name in URLs
 * @param limits what a request may cost
 */
public record ServerOptions(String host, int port, String name, Limits limits) {
  /**
   * What a request may cost.
   *
   * @param bodyBytes the longest request
   * @param pixels the largest picture, width times height
   * @param time for a request to wait and run, and for a connection to lie idle
   * @param batch the most rows run at once; a single request may bring more
   * @param waiting the most rows that wait; above it new requests are told to come later
   */
  public record Limits(long bodyBytes, long pixels, Duration time, int batch, int waiting) {
    /** 32 MB, 50 million pixels, 30 seconds, batches of 32, 512 rows waiting. */
    public static Limits standard() {
      return new Limits(32L << 20, 50_000_000, Duration.ofSeconds(30), 32, 512);
    }
  }

  /** Checks the name and the port. */
  public ServerOptions {
    if (!name.matches("[^/:?#\\s]+")) {
      throw new SettingException(
          "--name: expected a name without slash, colon or blank, came '" + name + "'.");
    }
    if (port < 0 || port > 65_535) {
      throw new SettingException("--port: expected 0 to 65535, came " + port + ".");
    }
  }

  /** On this machine alone, with the usual limits. */
  public static ServerOptions local(String name, int port) {
    return new ServerOptions("127.0.0.1", port, name, Limits.standard());
  }
}
