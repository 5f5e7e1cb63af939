package dev.graft.data;

import dev.graft.fetch.Places;
import dev.graft.progress.Progress;
import java.nio.file.Path;
import java.util.List;

/**
 * What a SOURCE is read for and from where.
 *
 * @param base the folder that relative paths start from
 * @param places where named data sets are looked for
 * @param progress who hears what was left out
 * @param role which part of a folder with {@code train}, {@code val} and {@code test} inside
 * @param labels what the targets are to become, or null when nobody has said
 * @param classes the classes that examples must have, as a trained model's; empty for any
 */
public record Context(
    Path base, Places places, Progress progress, Role role, Labels labels, List<String> classes) {
  /** What examples are for. */
  public enum Role {
    TRAIN,
    VALIDATION,
    TEST
  }

  /** Copies the list. */
  public Context {
    classes = List.copyOf(classes);
  }

  /** Reads for training, with any classes. */
  public static Context training(Path base, Places places, Progress progress) {
    return new Context(base, places, progress, Role.TRAIN, null, List.of());
  }

  /** The same for another role, with the classes that examples must have. */
  public Context as(Role other, List<String> known) {
    return new Context(base, places, progress, other, labels, known);
  }

  /** The same for a kind of labels. */
  public Context labelled(Labels kind) {
    return new Context(base, places, progress, role, kind, classes);
  }

  /** A path of a recipe. */
  Path path(String text) {
    return FileNames.resolve(base, text);
  }
}
