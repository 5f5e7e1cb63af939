package dev.graft.keras;

import dev.graft.error.MalformedFileException;
import dev.graft.files.Hdf5File;
import dev.graft.files.Hdf5Group;
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
  private final Layout layout;
  private final Writer writer;
  private final List<StoredLayer> layers;
  private final List<StoredTensor> optimizer;
  private final AutoCloseable container;

  private WeightFile(Path path, Contents contents, AutoCloseable container) {
    this.path = path;
    this.layout = contents.layout();
    this.writer = contents.writer();
    this.layers = List.copyOf(contents.layers());
    this.optimizer = List.copyOf(contents.optimizer());
    this.container = container;
  }

  /** What was found in a container. */
  private record Contents(
      Layout layout, Writer writer, List<StoredLayer> layers, List<StoredTensor> optimizer) {}

  /**
   * Opens {@code path}: HDF5 with weights at the root or under {@code model_weights}.
   *
   * @throws MalformedFileException when it is no weights file, or damaged
   * @throws dev.graft.error.DataException when there is no such file
   */
  public static WeightFile open(Path path) {
    Hdf5File file = Hdf5File.open(path);
    try {
      return new WeightFile(path, contents(path, file.root()), file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Contents contents(Path path, Hdf5Group root) {
    Hdf5Group named = root.findGroup("model_weights").orElse(root);
    if (WeightsByName.in(named)) {
      List<StoredLayer> layers = WeightsByName.layers(named);
      Writer writer = WeightsByName.writer(named, root, layers);
      List<StoredTensor> optimizer =
          root.findGroup("optimizer_weights").map(WeightsByName::tensors).orElse(List.of());
      return new Contents(Layout.BY_NAME, writer, layers, optimizer);
    }
    if (WeightsByClass.in(root)) {
      List<StoredTensor> optimizer =
          root.findGroup("optimizer").map(WeightsByClass::tensors).orElse(List.of());
      return new Contents(Layout.BY_CLASS, Writer.UNKNOWN, WeightsByClass.layers(root), optimizer);
    }
    throw new MalformedFileException(
        path
            + ": expected Keras weights (an attribute 'layer_names', or groups 'layers/…/vars'),"
            + " found "
            + root.names().stream().limit(10).toList()
            + ". Name a file that Keras saved.");
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** How it keeps its weights. */
  public Layout layout() {
    return layout;
  }

  /** Who wrote it, as far as it says. */
  public Writer writer() {
    return writer;
  }

  /** The layers, those without weights included. */
  public List<StoredLayer> layers() {
    return layers;
  }

  /** The optimizer's state; empty when the file has none. */
  public List<StoredTensor> optimizer() {
    return optimizer;
  }

  /** The layer of this name, or in a file that numbers classes of this key. */
  public Optional<StoredLayer> layer(String name) {
    return layers.stream().filter(layer -> layer.label().equals(name)).findFirst();
  }

  @Override
  public void close() {
    try {
      container.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new MalformedFileException(path + ": cannot be closed: " + e.getMessage() + ".", e);
    }
  }
}
