package dev.graft.fetch;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The proxy for a URL: {@code https_proxy}, {@code http_proxy} and {@code no_proxy} of the
 * environment as curl reads them, else what the JVM is told ({@code -Dhttps.proxyHost}).
 */
final class Proxies {
  private Proxies() {}

  static Proxy of(URI uri, Map<String, String> environment) {
    String text = value(environment, uri.getScheme() + "_proxy");
    if (text.isEmpty()) {
      ProxySelector system = ProxySelector.getDefault();
      List<Proxy> proxies = system == null ? List.of() : system.select(uri);
      return proxies.isEmpty() ? Proxy.NO_PROXY : proxies.get(0);
    }
    if (excepted(uri.getHost(), value(environment, "no_proxy"))) {
      return Proxy.NO_PROXY;
    }
    URI proxy = URI.create(text.contains("://") ? text : "http://" + text);
    int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
    return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port));
  }

  private static boolean excepted(String host, String list) {
    for (String each : list.split(",", -1)) {
      String name = each.strip().toLowerCase(Locale.ROOT);
      String tail = name.startsWith(".") ? name : "." + name;
      if (name.equals("*")
          || (!name.isEmpty() && ("." + host.toLowerCase(Locale.ROOT)).endsWith(tail))) {
        return true;
      }
    }
    return false;
  }

  private static String value(Map<String, String> environment, String name) {
    String small = environment.getOrDefault(name, "");
    return small.isEmpty()
        ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "").strip()
        : small.strip();
  }
}
