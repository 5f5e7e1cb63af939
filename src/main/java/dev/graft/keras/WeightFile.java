package dev.graft.keras;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The weights of a file, as a list of layers, whatever container they lie in.
 *
 * <p>Opening reads names and shapes only. Values are read when asked for, one tensor at a time, so
 * this must stay open while they are.
 */
public final class WeightFile implements AutoCloseable {
  private final Path path;
  private final WeightContainer container;

  private WeightFile(Path path, WeightContainer container) {
    this.path = path;
    this.container = container;
  }

  /**
   * Opens {@code path}: HDF5 with weights at the root or under {@code model_weights}, named after
   * layers or after classes; a {@code .keras} archive; or the {@code .json} table of a file in
   * shards, which lie beside it.
   *
   * @throws dev.graft.error.MalformedFileException when it is no weights file, or damaged
   * @throws dev.graft.error.DataException when there is no such file
   */
  public static WeightFile open(Path path) {
    return new WeightFile(path, WeightContainer.open(path));
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** How it keeps its weights. */
  public Layout layout() {
    return container.layout();
  }

  /** Who wrote it, as far as it says. */
  public Writer writer() {
    return container.writer();
  }

  /** The layers, those without weights included. */
  public List<StoredLayer> layers() {
    return container.layers();
  }

  /** The optimizer's state; empty when the file has none. */
  public List<StoredTensor> optimizer() {
    return container.optimizer();
  }

  /** The layer of this name, or in a file that numbers classes of this key. */
  public Optional<StoredLayer> layer(String name) {
    return layers().stream().filter(layer -> layer.label().equals(name)).findFirst();
  }

  @Override
  public void close() {
    container.close();
  }
}
