package dev.graft.files;

import java.nio.file.Path;
import java.util.List;

/** An {@code .npz} file open for reading: arrays by name, as {@code numpy.savez} writes them. */
public final class NpzFile implements AutoCloseable {
  private static final String SUFFIX = ".npy";

  private final Path path;
  private final ZipArchive archive;

  private NpzFile(Path path, ZipArchive archive) {
    this.path = path;
    this.archive = archive;
  }

  /** Opens {@code path}; the same errors as {@link ZipArchive#open(Path)}. */
  public static NpzFile open(Path path) {
    return new NpzFile(path, ZipArchive.open(path));
  }

  /** The names of its arrays, in stored order. */
  public List<String> names() {
    return archive.names().stream()
        .filter(name -> name.endsWith(SUFFIX))
        .map(name -> name.substring(0, name.length() - SUFFIX.length()))
        .toList();
  }

  /** The array {@code name}; the same errors as {@link NpyFile#open}. */
  public NpyArray array(String name) {
    String where = path + ": array '" + name + "'";
    try (NpyFile file = NpyFile.of(where, archive.bytes(name + SUFFIX))) {
      return file.array();
    }
  }

  @Override
  public void close() {
    archive.close();
  }
}
