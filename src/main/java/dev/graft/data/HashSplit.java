package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A data set parted by the names of its files, as TensorFlow's {@code retrain.py} does: a file
 * stays in its part when others are added. What follows {@code _nohash_} in a name does not count,
 * so that pictures of one thing can be kept together.
 *
 * <p>The original hashes the path it was given, so that its parts change with the folder; here only
 * the last part of the path counts.
 *
 * @param validation per cent of the files
 * @param test per cent of the files
 */
record HashSplit(double validation, double test) {
  private static final Pattern NOT_HASHED = Pattern.compile("_nohash_.*$");

  /** {@code MAX_NUM_IMAGES_PER_CLASS} of the original. */
  private static final long MOST_A_CLASS = (1L << 27) - 1;

  /** Reads {@code {"hash": PERCENT}} of {@code validation} and {@code test}; null for neither. */
  static HashSplit read(Config data) {
    double validation = percent(data, "validation");
    double test = percent(data, "test");
    if (validation == 0 && test == 0) {
      return null;
    }
    if (validation + test >= 100) {
      throw new SettingException(
          data.where()
              + ": "
              + (validation + test)
              + " per cent are held back, which leaves nothing to train on. Hold back less.");
    }
    return new HashSplit(validation, test);
  }

  private static double percent(Config data, String key) {
    if (!data.has(key) || !data.get(key).has("hash")) {
      return 0;
    }
    Config part = data.get(key);
    double percent = part.number("hash");
    if (!(percent > 0 && percent < 100)) {
      throw part.get("hash").wrong("per cent of the files, between 0 and 100");
    }
    return percent;
  }

  /** The parts; null for one that no per cent go to. */
  Parts of(Dataset data) {
    List<Integer> train = new ArrayList<>();
    List<Integer> held = new ArrayList<>();
    List<Integer> tested = new ArrayList<>();
    for (int row = 0; row < data.size(); row++) {
      Path file = data.file(row);
      if (file == null) {
        throw new SettingException(
            data.name() + ": 'hash' splits by names of files, these examples have none.");
      }
      double place = percentage(file.getFileName().toString());
      (place < validation ? held : place < validation + test ? tested : train).add(row);
    }
    if (train.isEmpty()) {
      throw new DataException(data.name() + ": no file is left to train on. Hold back less.");
    }
    return new Parts(
        select(data, train),
        validation == 0 ? null : some(data, held, "validation"),
        test == 0 ? null : some(data, tested, "test"));
  }

  private static Dataset some(Dataset data, List<Integer> rows, String part) {
    if (rows.isEmpty()) {
      throw new DataException(
          data.name()
              + ": the names of its "
              + data.size()
              + " files put none into '"
              + part
              + "'. Hold back more, or add files.");
    }
    return select(data, rows);
  }

  private static Dataset select(Dataset data, List<Integer> rows) {
    return data.select(rows.stream().mapToInt(row -> row).toArray());
  }

  /** Where a file's name falls between 0 and 100. */
  static double percentage(String name) {
    String hashed = NOT_HASHED.matcher(name).replaceAll("");
    BigInteger number = new BigInteger(1, sha1(hashed.getBytes(StandardCharsets.UTF_8)));
    return number.mod(BigInteger.valueOf(MOST_A_CLASS + 1)).longValue() * (100.0 / MOST_A_CLASS);
  }

  private static byte[] sha1(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-1", e);
    }
  }
}
