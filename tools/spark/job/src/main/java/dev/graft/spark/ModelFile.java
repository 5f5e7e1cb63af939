package dev.graft.spark;

import dev.graft.error.DataException;
import dev.graft.fetch.Places;
import dev.graft.files.Sha256;
import dev.graft.layers.Layers;
import dev.graft.progress.Progress;
import dev.graft.recipe.Parcel;
import dev.graft.recipe.PhotoRows;
import dev.graft.recipe.Surroundings;
import dev.graft.runtime.Settings;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkFiles;

/**
 * A parcel as executors find it, and how they open it.
 *
 * @param name its file among those Spark brought
 * @param sha256 of that file
 * @param threads of the session; 0 for as many as the machine has processors
 * @param precision a name of {@link Settings.Precision}
 */
public record ModelFile(String name, String sha256, int threads, String precision)
    implements Serializable {
  // The one place with state for the whole JVM: Spark gives tasks no other that outlives them.
  private static final Map<ModelFile, PhotoRows> OPEN = new HashMap<>();

  /**
   * The model, opened by the first task of this JVM that asks; it stays open until the JVM ends.
   */
  PhotoRows open() {
    synchronized (OPEN) {
      PhotoRows open = OPEN.get(this);
      if (open == null) {
        open = opened();
        OPEN.put(this, open);
      }
      return open;
    }
  }

  private PhotoRows opened() {
    Path file = Path.of(SparkFiles.get(name));
    String came = Sha256.of(file);
    if (!came.equals(sha256)) {
      throw new DataException(
          file
              + ": is not the parcel of this job (its sha256 is "
              + came
              + ", expected "
              + sha256
              + "). Give parcels of one Spark session different names.");
    }
    int all = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    return Parcel.open(
        file,
        new Surroundings(
            Places.standard(null, null, null, System.getenv()),
            new Settings(all, "cpu", Settings.Precision.valueOf(precision)),
            Layers.standard(),
            Progress.NONE,
            () -> false));
  }
}
