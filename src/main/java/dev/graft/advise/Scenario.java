package dev.graft.advise;

/** The four ways of transfer, and the absence of one. */
public enum Scenario {
  /** Little data, much like the trunk's: the trunk is a fixed extractor. */
  EXTRACTOR("freeze the whole trunk and train a head on what it gives"),
  /** Much data, much like the trunk's: everything is tuned with a small rate. */
  FINE_TUNE("train a head, then fine-tune all but the first layers with a small rate"),
  /** Little data, little like the trunk's: the trunk is cut where its features serve best. */
  TRUNCATED("cut the trunk at the depth that serves best, freeze it and train a head"),
  /** Much data, little like the trunk's: everything is trained. */
  TRAIN_ALL("train the whole network"),
  /** Nothing in the pictures tells the classes apart. */
  NONE("no recipe: neither the pictures nor any depth of the trunk tell the classes apart");

  private final String what;

  Scenario(String what) {
    this.what = what;
  }

  /** What it comes to, in words. */
  public String what() {
    return what;
  }
}
