package dev.graft.recipe;

import dev.graft.config.Config;
import dev.graft.data.Labels;
import dev.graft.data.Parts;
import dev.graft.data.Preprocessing;
import dev.graft.train.Loss;
import java.util.Arrays;

/** What a model and a loss need to know of a recipe's {@code data}, and the other way round. */
final class DataReader {
  private DataReader() {}

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
  static long[] pictures(Config data) {
    if (!data.has("image")) {
      return null;
    }
    Preprocessing how = Preprocessing.read(data.get("image"), Preprocessing.none());
    return how.size() == null
        ? null
        : new long[] {how.size()[0], how.size()[1], how.color().channels()};
  }

  /** The shape of one stored example; null for pictures in files. */
  static long[] stored(Parts parts) {
    return parts.train().file(0) != null
        ? null
        : Arrays.stream(parts.train().inputs().get(0).column().shape()).asLongStream().toArray();
  }
}
