package dev.graft.doctor;

import dev.graft.runtime.Devices;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was found.
 *
 * @param versions of Graft, Java, TensorFlow and the system
 * @param devices that TensorFlow computes on
 * @param gpu what is known of GPUs, in words
 * @param checks in the order in which they are best read
 * @param advice what could be better, a sentence each
 */
public record Report(
    Map<String, String> versions,
    List<Devices.Device> devices,
    String gpu,
    List<Check> checks,
    List<String> advice) {
  /**
   * One thing looked at.
   *
   * @param name a few words
   * @param ok false when something that was asked for does not work
   * @param detail figures, places, reasons
   */
  public record Check(String name, boolean ok, String detail) {}

  /** Copies its lists. */
  public Report {
    versions = new LinkedHashMap<>(versions);
    devices = List.copyOf(devices);
    checks = List.copyOf(checks);
    advice = List.copyOf(advice);
  }

  /** True when all that was asked for works. */
  public boolean well() {
    return checks.stream().allMatch(Check::ok);
  }

  /** As plain data: {@code {graft, java, tensorflow, devices, gpu, checks, advice}}. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>(versions);
    List<Object> all = new ArrayList<>();
    for (Devices.Device device : devices) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", device.name());
      one.put("type", device.type());
      one.put("memory_bytes", device.memory());
      all.add(one);
    }
    json.put("devices", all);
    json.put("gpu", gpu);
    List<Object> lines = new ArrayList<>();
    for (Check check : checks) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", check.name());
      one.put("ok", check.ok());
      one.put("detail", check.detail());
      lines.add(one);
    }
    json.put("checks", lines);
    json.put("advice", advice);
    return json;
  }

  /** For people, a line each. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    int width = checks.stream().mapToInt(c -> c.name().length()).max().orElse(0);
    for (Check check : checks) {
      String name = check.name() + " ".repeat(width - check.name().length());
      lines.add((check.ok() ? "ok    " : "FAIL  ") + name + "  " + check.detail());
    }
    for (String one : advice) {
      lines.add("hint  " + one);
    }
    return lines;
  }
}
