package dev.graft.spark;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** How many cores an executor has, so that its session has threads that fit. */
final class Cores {
  private static final Pattern LOCAL = Pattern.compile("local\\[(\\d+)(?:,\\s*\\d+)?]");
  private static final Pattern CLUSTER =
      Pattern.compile("local-cluster\\[\\s*\\d+\\s*,\\s*(\\d+)\\s*,.*]");

  private Cores() {}

  /** The cores of one executor; 0 when it has those of its machine. */
  static int of(SparkSession spark) {
    SparkConf conf = spark.sparkContext().getConf();
    return of(conf.get("spark.executor.cores", ""), spark.sparkContext().master());
  }

  static int of(String set, String master) {
    if (master.equals("local")) {
      return 1;
    }
    for (Pattern pattern : new Pattern[] {LOCAL, CLUSTER}) {
      Matcher matcher = pattern.matcher(master);
      if (matcher.matches()) {
        return Integer.parseInt(matcher.group(1));
      }
    }
    if (!set.isEmpty()) {
      return Integer.parseInt(set);
    }
    // Executors have one core on YARN and Kubernetes, and all of the machine's in a standalone
    // cluster, unless they are told.
    return master.startsWith("yarn") || master.startsWith("k8s") ? 1 : 0;
  }
}
