package dev.graft.fetch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The folders in which published files are looked for, first to last.
 *
 * @param data for data sets
 * @param weights for weights
 * @param store where fetched files are put
 */
public record Places(List<Path> data, List<Path> weights, Path store) {
  /** Copies the lists. */
  public Places {
    data = List.copyOf(data);
    weights = List.copyOf(weights);
  }

  /**
   * The usual places: what the user names, {@code $GRAFT_HOME} (default {@code ~/.graft}), the
   * checkout's {@code weights}, {@code $KERAS_HOME} (default {@code ~/.keras}).
   *
   * @param data a further folder for data sets, or null
   * @param weights {@code --weights}, or null
   * @param checkout the folder Graft runs from, or null
   * @param environment {@code System.getenv()}
   */
  public static Places standard(
      Path data, Path weights, Path checkout, Map<String, String> environment) {
    Path user = Path.of(System.getProperty("user.home", "."));
    String home = environment.getOrDefault("GRAFT_HOME", "");
    Path store = home.isEmpty() ? user.resolve(".graft") : Path.of(home);
    List<Path> forData = new ArrayList<>();
    List<Path> forWeights = new ArrayList<>();
    if (data != null) {
      forData.add(data);
    }
    if (weights != null) {
      forWeights.add(weights);
    }
    forData.add(store.resolve("data"));
    forWeights.add(store.resolve("weights"));
    if (checkout != null) {
      forWeights.add(checkout.resolve("weights"));
    }
    String keras = environment.getOrDefault("KERAS_HOME", "");
    Path kerasHome = keras.isEmpty() ? user.resolve(".keras") : Path.of(keras);
    forData.add(kerasHome.resolve("datasets"));
    forWeights.add(kerasHome.resolve("models"));
    return new Places(forData, forWeights, store);
  }

  /** Where {@code published} lies, all of it in one folder, or null. */
  public Path find(Published published) {
    for (Path folder : published.kind() == Published.Kind.DATA ? data : weights) {
      if (published.files().stream().allMatch(item -> Files.exists(folder.resolve(item.file())))) {
        Path first = folder.resolve(published.files().get(0).file());
        return published.files().size() == 1 ? first : first.getParent();
      }
    }
    return null;
  }

  /**
   * The first file that is there under one of {@code names} in one of {@code folders}, or null.
   *
   * @param names relative paths, the likeliest first
   */
  public static Path find(List<Path> folders, List<String> names) {
    for (Path folder : folders) {
      for (String name : names) {
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file)) {
          return file;
        }
      }
    }
    return null;
  }
}
