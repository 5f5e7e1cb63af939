package dev.graft.train;

import dev.graft.data.Examples;
import dev.graft.error.SettingException;
import dev.graft.error.StoppedException;
import dev.graft.files.Sha256;
import dev.graft.layers.Ref;
import dev.graft.progress.Progress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * One look into a folder of kept features, and the computing of what is missing there.
 *
 * @param draws of each copy, as {@link KeptFeatures#draw} gives them
 * @param folder which need not be there, nor be writable
 * @param memory bytes that may be kept in memory where the folder takes nothing
 */
record Filling(Job job, FeatureCache.Key key, long[] draws, Path folder, long memory) {
  FeatureFolder run(Supplier<Trunk> trunk) {
    int size = key.examples().size();
    List<String> hashes =
        LongStream.range(0, (long) size * draws.length)
            .parallel()
            .mapToObj(i -> hash((int) (i % size), draws[(int) (i / size)]))
            .toList();
    List<Examples.Field> fields = KeptFeatures.fields(job.network().model(), key.border());
    int length = Math.toIntExact(KeptFeatures.length(fields));
    FeatureFolder found = FeatureFolder.open(folder, length, hashes);
    if (found.damaged() > 0) {
      say("some kept features in " + folder + " are damaged and are computed anew.");
    }
    int missing = found.missing(hashes, 0, hashes.size()).length;
    if (missing < hashes.size()) {
      say(
          (hashes.size() - missing)
              + " of "
              + hashes.size()
              + " features are there already, in "
              + folder
              + ".");
    }
    if (missing > 0) {
      if (found.refusal() != null) {
        toMemory(found, missing);
      }
      long[] done = {0};
      try {
        fill(found, hashes, missing, trunk.get(), done);
      } catch (StoppedException e) {
        throw new StoppedException(
            "interrupted in the pass over the frozen layers; "
                + (found.refusal() == null ? hashes.size() - missing + done[0] : found.onDisk())
                + " of "
                + hashes.size()
                + " features are kept, in "
                + folder
                + ".");
      }
    }
    return found;
  }

  /** Says that {@code rows} features will be in memory alone, or that they are too many for it. */
  private void toMemory(FeatureFolder found, int rows) {
    String refused = found.refusal().getMessage();
    long bytes =
        4 * KeptFeatures.length(KeptFeatures.fields(job.network().model(), key.border())) * rows;
    if (bytes > memory) {
      throw new SettingException(
          String.format(
              Locale.ROOT,
              "%s The %d features that are not kept there yet take %.1f GB, too much for the"
                  + " memory. Or set cache to off.",
              refused,
              rows,
              bytes / 1e9),
          found.refusal());
    }
    say(refused + " Missing features (" + rows + ") are kept in memory, for this run alone.");
  }

  private String hash(int row, long draw) {
    if (job.alone().getAsBoolean()) {
      throw new StoppedException("interrupted before the pass over the frozen layers.");
    }
    String identity = draw < 0 ? key.examples().identity(row) : key.examples().identity(row, draw);
    return Sha256.of(identity);
  }

  private void fill(
      FeatureFolder found, List<String> hashes, int missing, Trunk trunk, long[] done) {
    int size = key.examples().size();
    job.progress().on(new Progress.PhaseStarted("features", missing, "examples"));
    for (int copy = 0; copy < draws.length; ) {
      int[] places = found.missing(hashes, copy * size, (copy + 1) * size);
      int[] rows = IntStream.of(places).map(place -> place % size).toArray();
      try {
        if (rows.length > 0) {
          fill(found, hashes, places, trunk.over(key.examples(), rows, draws[copy]), done);
        }
        copy++;
      } catch (FeatureFolder.Refused e) {
        int left = found.missing(hashes, 0, hashes.size()).length;
        done[0] = (long) missing - left;
        toMemory(found, left);
      }
    }
    job.progress().on(new Progress.PhaseEnded());
  }

  private void fill(
      FeatureFolder found, List<String> hashes, int[] places, FeatureRun run, long[] done) {
    Progress progress = job.progress().until(job.alone());
    try (run) {
      found.add(
          about(),
          places,
          hashes,
          () -> {
            progress.on(new Progress.Advanced(done[0] + 1, Map.of()));
            float[] row = run.next();
            done[0]++;
            return row;
          });
      run.tell(job.progress());
    }
  }

  private Map<String, Object> about() {
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("model", job.network().model().name());
    about.put("cut", key.border().stream().map(Ref::layer).toList());
    about.put(
        "shapes",
        KeptFeatures.fields(job.network().model(), key.border()).stream()
            .map(field -> field.spec().toString())
            .toList());
    about.put("written", java.time.Instant.now().toString());
    return about;
  }

  private void say(String text) {
    job.progress().on(new Progress.Message("stage '" + job.stage().name() + "': " + text));
  }
}
