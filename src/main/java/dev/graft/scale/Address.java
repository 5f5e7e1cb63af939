package dev.graft.scale;

import dev.graft.error.SettingException;

/**
 * Where a worker listens.
 *
 * @param host a name or address that all workers can reach
 * @param port of TCP
 */
public record Address(String host, int port) {
  private static final int LAST_PORT = 65535;

  /** The address that {@code text}, {@code host:port}, names. */
  static Address of(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 1 ? "" : text.substring(0, colon);
    String digits = text.substring(colon + 1);
    int port = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : 0;
    if (!host.matches("[A-Za-z0-9._-]+|\\[[0-9a-fA-F:.]+]") || port < 1 || port > LAST_PORT) {
      throw new SettingException(
          "--workers: expected host:port with a port from 1 to 65535, came '" + text + "'.");
    }
    return new Address(host, port);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
