package dev.graft.model;

import java.util.Map;

/**
 * Which of an application's networks is wanted.
 *
 * @param input height, width and channels of the pictures
 * @param classes the classifier tells apart
 * @param top with the classifier, Keras's {@code include_top}
 * @param pooling without the classifier: avg, max, or null for none
 * @param published for Keras's published weights; EfficientNet then scales its input once more
 * @param more settings that only some applications have: {@code alpha}, {@code minimalistic}, …
 */
public record Variant(
    long[] input,
    int classes,
    boolean top,
    String pooling,
    boolean published,
    Map<String, Object> more) {
  /** Copies. */
  public Variant {
    input = input.clone();
    more = Map.copyOf(more);
  }

  /** The whole network for square colour pictures of {@code size} pixels. */
  static Variant of(int size) {
    return new Variant(new long[] {size, size, 3}, 1000, true, null, false, Map.of());
  }

  /** The same for other pictures: height, width, channels. */
  public Variant sized(long... other) {
    return new Variant(other, classes, top, pooling, published, more);
  }

  /** The same for another number of classes. */
  public Variant classes(int other) {
    return new Variant(input, other, top, pooling, published, more);
  }

  /** The same without the classifier; {@code pool} is avg, max, or null. */
  public Variant headless(String pool) {
    return new Variant(input, classes, false, pool, published, more);
  }

  /** The same for Keras's published weights. */
  public Variant forPublished(boolean on) {
    return new Variant(input, classes, top, pooling, on, more);
  }

  /** The same with settings of the application's own. */
  public Variant with(Map<String, Object> settings) {
    return new Variant(input, classes, top, pooling, published, settings);
  }

  double number(String key, double absent) {
    return more.get(key) instanceof Number number ? number.doubleValue() : absent;
  }

  boolean flag(String key, boolean absent) {
    return more.get(key) instanceof Boolean said ? said : absent;
  }
}
