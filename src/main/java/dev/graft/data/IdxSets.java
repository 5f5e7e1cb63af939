package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.error.MalformedFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Data sets of two IDX files: pictures (or other bytes) and their labels. */
final class IdxSets {
  private IdxSets() {}

  /** {@code {"idx": [images, labels]}}. */
  static Dataset open(Config files, Context context) {
    List<Config> pair = files.items();
    if (pair.size() != 2) {
      throw files.wrong("[images file, labels file]");
    }
    Path images = context.path(pair.get(0).string());
    Idx labels = Idx.read(context.path(pair.get(1).string()));
    return of(images.toString(), Idx.read(images), labels, List.of());
  }

  /**
   * A data set of pictures (count, height, width), which become (height, width, 1), and labels.
   *
   * @param classes class names; when empty, the numbers up to the highest label
   */
  static Dataset of(String name, Idx images, Idx labels, List<String> classes) {
    if (labels.shape().length != 1) {
      throw new MalformedFileException(
          name
              + ": expected labels of one dimension, came "
              + Arrays.toString(labels.shape())
              + ". Give the images first, then the labels.");
    }
    if (images.shape().length < 2) {
      throw new MalformedFileException(
          name + ": expected images of two dimensions or more, came one of labels twice.");
    }
    int[] one = Arrays.copyOfRange(images.shape(), 1, images.shape().length);
    if (one.length == 2) {
      one = new int[] {one[0], one[1], 1};
    }
    int[] index = new int[labels.values().length];
    int highest = -1;
    for (int i = 0; i < index.length; i++) {
      index[i] = labels.values()[i] & 0xff;
      highest = Math.max(highest, index[i]);
    }
    List<String> names =
        classes.isEmpty()
            ? IntStream.rangeClosed(0, highest).mapToObj(Integer::toString).toList()
            : classes;
    if (highest >= names.size()) {
      throw new MalformedFileException(
          name + ": there are " + names.size() + " classes, a label is " + highest + ".");
    }
    return Dataset.of(
        name,
        new Column.Bytes(images.values(), one),
        new Target.Classes(index, names.size()),
        names);
  }
}
