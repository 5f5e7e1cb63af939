package dev.graft.recipe;

import dev.graft.error.DataException;
import dev.graft.fetch.Places;
import dev.graft.fetch.Published;
import dev.graft.fetch.Registry;
import dev.graft.model.Applications;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Where the weights lie that Keras publishes for an application. */
final class PublishedWeights {
  private PublishedWeights() {}

  /**
   * The first file that is there, or null.
   *
   * @param top whether the classifier's weights are needed; without, either file will do
   */
  static Path find(Applications.Application application, boolean top, Places places) {
    for (Path folder : places.weights()) {
      if (Files.isRegularFile(folder)) {
        return folder;
      }
    }
    return Places.find(places.weights(), names(application, top));
  }

  /**
   * The application as Keras builds it for {@code weights}: EfficientNet scales its input once more
   * where they are Keras's own, known by the name of their file.
   */
  static Applications.Application scaled(Applications.Application application, Path weights) {
    boolean published =
        weights != null && application.weightFiles().contains(weights.getFileName().toString());
    return application.with(application.variant().forPublished(published));
  }

  /** As {@link #find}, but its absence is an error that says how to fetch them. */
  static Path required(Applications.Application application, boolean top, Places places) {
    Path found = find(application, top, places);
    if (found != null) {
      return found;
    }
    throw new DataException(
        "the ImageNet weights of "
            + application.name()
            + " ("
            + String.join(" or ", names(application, top))
            + ") are in none of "
            + places.weights().stream().map(Path::toString).collect(Collectors.joining(", "))
            + ". "
            + fetch(application, top, places)
            + " with --weights.");
  }

  /** What to do, up to "or name a file". */
  static String fetch(Applications.Application application, boolean top, Places places) {
    Published published = published(application, top);
    return published == null
        ? "Name a file"
        : "Fetch them with: "
            + published.command()
            + " (they go to "
            + published.folder(places).resolve(published.files().get(0).file())
            + "), or name a file";
  }

  /** The line of the registry for this variant, or null. */
  private static Published published(Applications.Application application, boolean top) {
    String file = application.weightFiles().get(top ? 1 : 0);
    return Registry.standard().all(Published.Kind.WEIGHTS).stream()
        .filter(each -> each.files().get(0).file().equals(file))
        .findFirst()
        .orElse(null);
  }

  private static List<String> names(Applications.Application application, boolean top) {
    List<String> files = application.weightFiles();
    return top ? files.subList(1, 2) : files;
  }
}
