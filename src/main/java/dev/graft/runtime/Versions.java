package dev.graft.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.TensorFlow;

/** What runs here: a model's results can be had again only on the same. */
public final class Versions {
  private Versions() {}

  /** Graft's version, or {@code development} when it does not run from its jar. */
  public static String graft() {
    String version = Versions.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** Versions of Graft, TensorFlow, Java and the system; loads the native library. */
  public static Map<String, String> all() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("graft", graft());
    versions.put("tensorflow", TensorFlow.version());
    versions.put("java", Runtime.version().toString());
    versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return versions;
  }
}
