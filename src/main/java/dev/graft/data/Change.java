package dev.graft.data;

/** One random change of a picture, drawn. */
interface Change {
  /** What the ops that change a picture of this size are fed, see {@link Augmentation#apply}. */
  double[] values(int height, int width);
}
