package dev.graft.fetch;

import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.SettingException;
import dev.graft.files.AtomicFiles;
import dev.graft.files.Unpacking;
import dev.graft.progress.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Brings published files into the store, when told.
 *
 * <p>A file appears under its name only when all of it is there and its checksum is right. Until
 * then it is a {@code .NAME.part} beside its place, where the next attempt goes on.
 */
public final class Fetcher {
  private static final long PAUSE_MILLIS = 500;

  private final Places places;
  private final Map<String, String> environment;
  private final Progress progress;
  private final Wishes wishes;
  private final long pauseMillis;

  /**
   * What the user adds to the registry's word.
   *
   * @param accept the SHA-256 sum that the user vouches for, or null
   * @param from a file that is already here and is taken instead of a download, or null
   */
  public record Wishes(String accept, Path from) {
    /** Nothing. */
    public static final Wishes NONE = new Wishes(null, null);
  }

  /**
   * A file or folder in the store.
   *
   * @param place where it lies
   * @param sha256 of what was fetched; null for what was there before
   */
  public record Fetched(Path place, String sha256) {}

  /**
   * A fetcher.
   *
   * @param environment {@code GRAFT_MIRROR}, {@code https_proxy} and its like
   */
  public Fetcher(Places places, Map<String, String> environment, Progress progress, Wishes wishes) {
    this(places, environment, progress, wishes, PAUSE_MILLIS);
  }

  Fetcher(
      Places places,
      Map<String, String> environment,
      Progress progress,
      Wishes wishes,
      long pauseMillis) {
    this.places = places;
    this.environment = environment;
    this.progress = progress;
    this.wishes = wishes;
    this.pauseMillis = pauseMillis;
  }

  /**
   * Fetches all files of {@code published} that are not in the store yet.
   *
   * @throws DataException when a server cannot be reached or has other bytes than published
   * @throws SettingException when nobody says what the bytes must be and the user has not either
   */
  public List<Fetched> fetch(Published published) {
    if (wishes.from() != null && published.files().size() != 1) {
      throw new SettingException(
          "--from: "
              + published.name()
              + " has "
              + published.files().size()
              + " files. Put them into "
              + published.folder(places).resolve(published.files().get(0).file()).getParent()
              + " yourself.");
    }
    List<Fetched> all = new ArrayList<>();
    for (Published.Item item : published.files()) {
      all.add(fetch(published, item));
    }
    return all;
  }

  private Fetched fetch(Published published, Published.Item item) {
    Path target = published.folder(places).resolve(item.file());
    if (Files.exists(target)) {
      return there(target, item);
    }
    Path part = target.resolveSibling("." + target.getFileName() + ".part");
    Path mark = target.resolveSibling("." + target.getFileName() + ".mark");
    try {
      Files.createDirectories(target.getParent());
      try (FileChannel file =
              FileChannel.open(
                  part,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE);
          FileLock lock = lock(file, target)) {
        if (Files.exists(target)) {
          return there(target, item);
        }
        fill(item, file, mark, lock);
        String sum = verified(published, item, part, mark);
        place(item, part, target, mark);
        return new Fetched(target, sum);
      }
    } catch (IOException e) {
      throw new DataException(
          target + ": cannot be written: " + e.getMessage() + ". Set GRAFT_HOME elsewhere.", e);
    } finally {
      if (part.toFile().length() == 0) {
        discard(part, mark);
      }
    }
  }

  private static Fetched there(Path target, Published.Item item) {
    if (!item.unpack()) {
      String differs = Sums.of(target).differs(item);
      if (differs != null) {
        throw new DataException(
            target
                + ": is there but is not the published file: "
                + differs
                + ". Remove it and fetch it again.");
      }
    }
    return new Fetched(target, null);
  }

  private static FileLock lock(FileChannel file, Path target) throws IOException {
    try {
      FileLock lock = file.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      // Somebody else in this process: the same answer.
    }
    throw new DataException(target + ": somebody else is fetching it right now. Wait for that.");
  }

  /** Fills the file, whose lock must be held. */
  private void fill(Published.Item item, FileChannel file, Path mark, FileLock lock)
      throws IOException {
    if (!lock.isValid()) {
      throw new IllegalStateException("the file is not locked");
    }
    if (wishes.from() != null) {
      copy(wishes.from(), file, mark);
    } else if (!Files.exists(mark) || !Files.readString(mark).equals(complete(file))) {
      new Download(item, file, mark, environment, progress, pauseMillis).run(urls(item));
    }
    file.force(true);
    Files.writeString(mark, complete(file));
  }

  /** What the mark says once all bytes are there, so that nothing is asked of a server again. */
  private static String complete(FileChannel file) throws IOException {
    return "complete " + file.size();
  }

  private void copy(Path from, FileChannel file, Path mark) throws IOException {
    if (!Files.isRegularFile(from)) {
      throw new DataException("--from " + from + ": there is no such file. Check the path.");
    }
    Files.deleteIfExists(mark);
    file.truncate(0);
    progress.on(
        new Progress.PhaseStarted("copying " + from.getFileName(), Files.size(from), "bytes"));
    try (InputStream in = Files.newInputStream(from)) {
      byte[] piece = new byte[1 << 16];
      long done = 0;
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        file.write(ByteBuffer.wrap(piece, 0, count));
        done += count;
        progress.on(new Progress.Advanced(done, Map.of()));
      }
    }
    progress.on(new Progress.PhaseEnded());
  }

  /** The URLs, each through {@code GRAFT_MIRROR} when that is set. */
  private List<URI> urls(Published.Item item) {
    String mirror = environment.getOrDefault("GRAFT_MIRROR", "");
    if (mirror.isEmpty()) {
      return item.urls();
    }
    String base = mirror.endsWith("/") ? mirror.substring(0, mirror.length() - 1) : mirror;
    if (!base.matches("https?://[^/].*")) {
      throw new SettingException(
          "GRAFT_MIRROR: expected the URL of a server, came '" + mirror + "'.");
    }
    return item.urls().stream()
        .map(url -> URI.create(base + "/" + url.getHost() + url.getRawPath()))
        .distinct()
        .toList();
  }

  /** The SHA-256 sum, once it is known to be right. */
  private String verified(Published published, Published.Item item, Path part, Path mark)
      throws IOException {
    Sums sums = Sums.of(part);
    if (wishes.accept() != null) {
      if (!wishes.accept().equalsIgnoreCase(sums.sha256())) {
        discard(part, mark);
        throw new DataException(
            item.urlName()
                + ": sha256 "
                + sums.sha256()
                + ", --accept-sha256 says "
                + wishes.accept()
                + ". It is not the file you mean, and was removed.");
      }
      if (wishes.from() != null || !item.known()) {
        return sums.sha256();
      }
    }
    if (!item.known()) {
      throw new SettingException(
          item.urlName()
              + ": its publisher gives no checksum. What came has "
              + Files.size(part)
              + " bytes and sha256 "
              + sums.sha256()
              + ". If that is the file you trust: "
              + published.command()
              + " --accept-sha256 "
              + sums.sha256());
    }
    String differs = sums.differs(item);
    if (differs != null) {
      discard(part, mark);
      throw new DataException(
          item.urlName()
              + ": "
              + differs
              + ". It is not the published file"
              + (wishes.from() == null
                  ? ", and was removed. Fetch it again, or give it with --from FILE."
                  : ". If you trust it: add --accept-sha256 " + sums.sha256()));
    }
    return sums.sha256();
  }

  private static void discard(Path part, Path mark) {
    try {
      Files.deleteIfExists(part);
      Files.deleteIfExists(mark);
    } catch (IOException e) {
      throw new DataException(part + ": cannot be removed: " + e.getMessage() + ".", e);
    }
  }

  private void place(Published.Item item, Path part, Path target, Path mark) throws IOException {
    if (item.unpack()) {
      unpack(item, part, target, mark);
    } else {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    }
    discard(part, mark);
  }

  private void unpack(Published.Item item, Path part, Path target, Path mark) {
    progress.on(new Progress.PhaseStarted("unpacking " + item.urlName(), -1, "bytes"));
    try {
      AtomicFiles.directory(
          target,
          folder ->
              Unpacking.into(
                  part, folder, done -> progress.on(new Progress.Advanced(done, Map.of()))));
    } catch (MalformedFileException e) {
      discard(part, mark);
      throw e;
    } finally {
      progress.on(new Progress.PhaseEnded());
    }
  }
}
