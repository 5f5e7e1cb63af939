package dev.graft.model;

import dev.graft.config.Nearest;
import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keras's applications that Graft has as code, by name. */
public final class Applications {
  private static final Map<String, Application> ALL = new LinkedHashMap<>();

  static {
    ALL.put("vgg16", new Vgg("vgg16", new int[] {2, 2, 3, 3, 3}));
    ALL.put("vgg19", new Vgg("vgg19", new int[] {2, 2, 4, 4, 4}));
  }

  private Applications() {}

  /** A network architecture published with weights. */
  public interface Application {
    /** Keras's module name, such as {@code vgg16}; also names its {@code preprocess_input}. */
    String name();

    /** Height and width in pixels that the published weights were trained at. */
    int size();

    /** The name of the last layer before the classifier, Keras's {@code include_top=False}. */
    String end();

    /** The whole network with its classifier, for colour pictures of {@link #size}. */
    Model whole(int classes);

    /** File names under which Keras publishes its weights, without the classifier first. */
    List<String> weightFiles();
  }

  /** The names known. */
  public static java.util.Set<String> names() {
    return ALL.keySet();
  }

  /** The application {@code name}. */
  public static Application named(String name, String where) {
    Application application = ALL.get(name.toLowerCase(java.util.Locale.ROOT));
    if (application == null) {
      throw new SettingException(
          where
              + ": Graft has no application '"
              + name
              + "' as code."
              + Nearest.hint(name, ALL.keySet())
              + " Any other network is read from its Keras file.");
    }
    return application;
  }
}
