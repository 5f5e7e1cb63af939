package dev.graft.data;

import dev.graft.error.DataException;
import dev.graft.progress.Progress;
import dev.graft.runtime.Settings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Decodes every image once before anything is made of it, so that a broken one is found in the
 * first seconds and not in the middle of an epoch.
 */
final class PictureCheck {
  private static final int NAMED = 5;
  private static final int TOLD_EVERY = 200;

  private final Dataset data;
  private final Preprocessing how;
  private final Progress progress;
  private final Path folder;

  PictureCheck(Dataset data, Preprocessing how, Context context) {
    this.data = data;
    this.how = how;
    this.progress = context.progress();
    this.folder = CheckedPictures.folder(context.places());
  }

  /**
   * The data set without broken images.
   *
   * @param skipBad leaves them out and says so; otherwise the first few are named in an error
   */
  Dataset run(boolean skipBad, Settings settings) {
    if (data.size() == 0) {
      return data;
    }
    List<Path> files = IntStream.range(0, data.size()).mapToObj(data::file).toList();
    CheckedPictures before = CheckedPictures.of(folder, files, how);
    if (before.known()) {
      progress.on(
          new Progress.Message(
              data.name()
                  + ": "
                  + files.size()
                  + (files.size() == 1 ? " image" : " images")
                  + ", checked before and not changed since"));
      return data;
    }
    String[] bad = reasons(settings);
    int[] good = IntStream.range(0, bad.length).filter(row -> bad[row] == null).toArray();
    if (good.length == bad.length) {
      before.keep(Instant.now());
      return data;
    }
    List<String> first = new ArrayList<>();
    for (int row = 0; row < bad.length && first.size() < NAMED; row++) {
      if (bad[row] != null) {
        first.add(bad[row]);
      }
    }
    int count = bad.length - good.length;
    String list = String.join(" ", first) + (count > NAMED ? " …" : "");
    String found = data.name() + ": " + count + " of " + bad.length + " images cannot be read: ";
    if (!skipBad || good.length == 0) {
      throw new DataException(
          found + list + (skipBad ? "" : " To leave them out: --skip-bad, or \"skip_bad\": true."));
    }
    progress.on(new Progress.Message(found.replace("cannot be read", "left out") + list));
    return data.select(good);
  }

  private String[] reasons(Settings settings) {
    String[] bad = new String[data.size()];
    progress.on(new Progress.PhaseStarted("checking images", bad.length, "images"));
    ExecutorService pool = Threads.pool(settings.threads(), "graft-check");
    try (ImageGraph graph = ImageGraph.ofCheck(how)) {
      try {
        List<Future<String>> pending = new ArrayList<>();
        for (int row = 0; row < bad.length; row++) {
          Path file = data.file(row);
          pending.add(pool.submit(() -> reason(graph, file)));
        }
        for (int row = 0; row < bad.length; row++) {
          bad[row] = pending.get(row).get();
          if ((row + 1) % TOLD_EVERY == 0) {
            progress.on(new Progress.Advanced(row + 1, Map.of()));
          }
        }
      } finally {
        // The graph must not be closed under a thread that still runs it.
        pool.shutdownNow();
        Threads.await(pool);
      }
    } catch (InterruptedException e) {
      throw Threads.interrupted(e);
    } catch (ExecutionException e) {
      throw Threads.unwrapped(e);
    }
    progress.on(new Progress.PhaseEnded());
    return bad;
  }

  private static String reason(ImageGraph graph, Path file) {
    try {
      PictureFile.decoded(graph, file, null).close();
      return null;
    } catch (DataException e) {
      return e.getMessage();
    }
  }
}
