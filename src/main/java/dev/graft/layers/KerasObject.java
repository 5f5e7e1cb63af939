package dev.graft.layers;

import java.util.LinkedHashMap;
import java.util.Map;

/** How Keras writes down an object among settings. */
public final class KerasObject {
  private KerasObject() {}

  /** As all Kerases read it. */
  public static Map<String, Object> of(String className, Map<String, Object> config) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("class_name", className);
    map.put("config", config);
    return map;
  }

  /** As Keras 3 writes it: with the {@code module} of the class. */
  public static Map<String, Object> of(
      String module, String className, Map<String, Object> config) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("module", module);
    map.put("class_name", className);
    map.put("config", config);
    map.put("registered_name", null);
    return map;
  }
}
