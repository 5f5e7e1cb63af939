package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.data.Context.Role;
import dev.graft.error.SettingException;
import dev.graft.progress.Progress;
import java.nio.file.Path;
import java.util.List;

/**
 * The data sets that a recipe's {@code data} names: plain data, nothing decoded.
 *
 * @param train what is trained on
 * @param validation null when there is none
 * @param test null when there is none
 */
public record Parts(Dataset train, Dataset validation, Dataset test) {
  /**
   * Reads {@code train}, {@code validation} (a SOURCE, or how to split {@code train}) and {@code
   * test} (a SOURCE, or {@code {"hash": PERCENT}} of {@code train}). A train folder with {@code
   * val} or {@code test} beside it brings those along. Validation and test get the classes of the
   * training examples, matched by name.
   */
  public static Parts read(Config data, Context context) {
    Config source = data.get("train");
    Dataset train = Source.read(source, context.as(Role.TRAIN, context.classes()));
    HashSplit byName = HashSplit.read(data);
    if (byName != null) {
      Parts parts = byName.of(train);
      return new Parts(
          parts.train(),
          parts.validation() == null
              ? other(data, "validation", context.as(Role.VALIDATION, train.classes()))
              : parts.validation(),
          parts.test() == null
              ? other(data, "test", context.as(Role.TEST, train.classes()))
              : parts.test());
    }
    Dataset validation = null;
    Split split = split(data, train);
    if (split != null) {
      train = split.train();
      validation = split.validation();
    } else {
      validation = other(data, "validation", context.as(Role.VALIDATION, train.classes()));
    }
    return new Parts(
        train, validation, other(data, "test", context.as(Role.TEST, train.classes())));
  }

  /** The same with inputs as a network wants them: {@link Dataset#fitted}. */
  public Parts fitted(List<Examples.Field> wanted) {
    Dataset fitted = train.fitted(wanted);
    return new Parts(fitted, fitted(validation, fitted, wanted), fitted(test, fitted, wanted));
  }

  /** Parts of one data set go on to share its columns. */
  private Dataset fitted(Dataset part, Dataset fitted, List<Examples.Field> wanted) {
    return part == null
        ? null
        : part.inputs().equals(train.inputs()) ? part.with(fitted.inputs()) : part.fitted(wanted);
  }

  /** How {@code train} is to be split, or null when it is not. */
  private static Split split(Config data, Dataset train) {
    Config augment = data.has("augment") ? data.get("augment") : null;
    boolean byGenerator = augment != null && !augment.isList() && augment.has("validation_split");
    if (!data.has("validation")) {
      return byGenerator ? asGenerator(train, augment.number("validation_split")) : null;
    }
    if (byGenerator) {
      throw new SettingException(
          augment.where("validation_split")
              + ": there is a 'validation', too. Remove one of them.");
    }
    Config validation = data.get("validation");
    return validation.has("split") || validation.has("folds") ? split(train, validation) : null;
  }

  /** As ImageDataGenerator's subsets: {@code flow_from_directory}, or {@code flow} on arrays. */
  private static Split asGenerator(Dataset train, double fraction) {
    return train.inFolders()
        ? Split.firstOfEachClass(train, fraction)
        : Split.first(train, fraction);
  }

  private static Dataset other(Config data, String key, Context context) {
    if (data.has(key)) {
      return Source.read(data.get(key), context);
    }
    Config train = data.get("train");
    if (data.contains(key) || !train.has("folder") || train.has("csv")) {
      return null;
    }
    Path part = Folders.part(context.path(train.string("folder")), context.role());
    if (part != null && context.role() == Role.TEST && !Folders.hasFolders(part)) {
      context
          .progress()
          .on(
              new Progress.Message(
                  FileNames.display(part)
                      + ": not tested on, since its images are not in a folder for each class"));
      return null;
    }
    return part == null ? null : FolderSets.classes(part, context).as(context.classes());
  }

  private static Split split(Dataset train, Config value) {
    boolean stratify = value.flag("stratify", false);
    boolean seeded = value.has("seed");
    long seed = seeded ? value.get("seed").whole() : 0;
    if (value.has("folds")) {
      if (value.has("split")) {
        throw new SettingException(
            value.where() + ": takes 'split' or 'folds', not both. Remove one.");
      }
      List<Split> folds = Split.folds(train, value.integer("folds"), seed, stratify);
      int fold = value.integer("fold");
      if (fold < 0 || fold >= folds.size()) {
        throw new SettingException(
            value.where("fold") + ": expected 0 to " + (folds.size() - 1) + ", came " + fold + ".");
      }
      return folds.get(fold);
    }
    double fraction = value.number("split");
    if (stratify) {
      return Split.stratified(train, fraction, seed);
    }
    if (seeded) {
      return Split.seeded(train, fraction, seed);
    }
    // The last fifth of sorted class folders would be the last class and no other.
    return train.inFolders()
        ? Split.firstOfEachClass(train, fraction)
        : Split.last(train, fraction);
  }
}
