package dev.graft.data;

/**
 * What happens to the examples of a data set before they reach the model.
 *
 * @param image how pictures are prepared; null leaves arrays as they are stored
 * @param labels what the targets become; null when there are none
 * @param augmentation how pictures are changed at random; null for not at all
 */
public record Preparation(Preprocessing image, Labels labels, Augmentation augmentation) {
  /** Without random changes. */
  public Preparation(Preprocessing image, Labels labels) {
    this(image, labels, null);
  }

  /** The random changes of single pictures, or null. */
  Augmentation changes() {
    return augmentation == null || !augmentation.changes() ? null : augmentation;
  }
}
