package dev.graft.data;

import dev.graft.error.DataException;
import dev.graft.files.Sha256;
import java.util.HexFormat;
import java.util.Map;

/**
 * By which labels a data set is known, however its files are called and packed: the files of MNIST
 * and of the sets made in its form share their names.
 */
final class KnownLabels {
  /** SHA-256 of the labels alone, a byte each: the same in an IDX file, packed or not, and npz. */
  private static final Map<String, String> SETS =
      Map.of(
          "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13", "mnist train",
          "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5", "mnist test",
          "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7", "fashion-mnist train",
          "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9", "fashion-mnist test");

  private KnownLabels() {}

  /**
   * Fails when {@code labels} are those of another set or part; labels that nobody knows may be the
   * user's own.
   *
   * @param title the set and its part, such as {@code mnist train}
   * @param from what the labels were read from
   */
  static Idx check(String title, Object from, Idx labels) {
    String known = SETS.get(HexFormat.of().formatHex(Sha256.digest().digest(labels.values())));
    if (known != null && !known.equals(title)) {
      throw new DataException(
          String.format(
              "%s: expected the labels of %s, these are the labels of %s. Check the folder, or set"
                  + " 'dataset' to the set that is meant.",
              from, title, known));
    }
    return labels;
  }
}
