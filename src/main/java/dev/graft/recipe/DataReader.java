package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.data.Dataset;
import dev.graft.data.Labels;
import dev.graft.data.Preprocessing;
import dev.graft.data.Source;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import dev.graft.train.Loss;
import java.nio.file.Path;
import java.util.List;

/** Reads the {@code data} of a recipe: which examples, not yet decoded. */
final class DataReader {
  private final Path base;
  private final Surroundings around;

  DataReader(Path base, Surroundings around) {
    this.base = base;
    this.around = around;
  }

  /**
   * The data sets of a recipe.
   *
   * @param validation or null
   * @param test or null
   * @param image the recipe's {@code image}, or null
   * @param labels as the recipe says, or null to follow the loss
   */
  record Sets(Dataset train, Dataset validation, Dataset test, Config image, Labels labels) {
    /** The classes, in order; all parts must agree. */
    List<String> classes() {
      return train.classes();
    }
  }

  Sets read(Config data) {
    Dataset train = Source.read(data.get("train"), base, around.places());
    Dataset validation = null;
    if (data.has("validation")) {
      validation = Source.read(data.get("validation"), base, around.places());
      same(train, validation, data.where("validation"));
    }
    Dataset test = null;
    if (data.has("test")) {
      test = Source.read(data.get("test"), base, around.places());
      same(train, test, data.where("test"));
    }
    return new Sets(
        train,
        validation,
        test,
        data.has("image") ? data.get("image") : null,
        data.has("labels") ? Labels.of(data.get("labels")) : null);
  }

  private static void same(Dataset train, Dataset other, String where) {
    if (!train.classes().equals(other.classes())) {
      throw new DataException(
          where
              + ": expected the classes of the training data, "
              + train.classes()
              + ", came "
              + other.classes()
              + ".");
    }
  }

  /** How labels reach {@code loss}. */
  static Labels labels(Loss loss) {
    return switch (loss.labels()) {
      case CATEGORICAL -> Labels.CATEGORICAL;
      case SPARSE -> Labels.SPARSE;
      case BINARY -> Labels.BINARY;
      case NUMBERS -> Labels.REGRESSION;
    };
  }

  /** Height, width and channels that the recipe's {@code image} asks for, or null. */
  static long[] pictures(Sets sets) {
    if (sets.image() == null || !sets.image().has("size")) {
      return null;
    }
    Preprocessing how = Preprocessing.read(sets.image(), Preprocessing.none());
    if (how.size() == null) {
      throw new SettingException(sets.image().where("size") + ": expected [height, width].");
    }
    return new long[] {how.size()[0], how.size()[1], how.color().channels()};
  }
}
