package dev.graft.keras;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.files.Hdf5File;
import dev.graft.files.Hdf5Group;
import dev.graft.files.ZipArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What holds the weights of a {@link WeightFile}: open files, and the layers found in them. */
final class WeightContainer implements AutoCloseable {
  private static final String H5 = "model.weights.h5";
  private static final String NPZ = "model.weights.npz";

  private final List<AutoCloseable> open = new ArrayList<>();
  private Layout layout;
  private Writer writer = Writer.UNKNOWN;
  private List<StoredLayer> layers = List.of();
  private List<StoredTensor> optimizer = List.of();

  private WeightContainer() {}

  /** Opens whatever {@code path} is. */
  static WeightContainer open(Path path) {
    WeightContainer container = new WeightContainer();
    try {
      if (ModelDocument.isFolder(path)) {
        container.folder(path);
      } else if (ZipArchive.isZip(path)) {
        container.archive(path);
      } else if (path.toString().endsWith(".json")) {
        container.shards(path);
      } else {
        container.hdf5(path, path.toString());
      }
      return container;
    } catch (RuntimeException e) {
      container.close();
      throw e;
    }
  }

  Layout layout() {
    return layout;
  }

  Writer writer() {
    return writer;
  }

  List<StoredLayer> layers() {
    return layers;
  }

  List<StoredTensor> optimizer() {
    return optimizer;
  }

  private void hdf5(Path path, String shown) {
    Hdf5File file = Hdf5File.open(path, shown);
    open.add(file);
    Hdf5Group root = file.root();
    Hdf5Group named = root.findGroup("model_weights").orElse(root);
    if (WeightsByName.in(named)) {
      layout = Layout.BY_NAME;
      layers = WeightsByName.layers(named);
      writer = WeightsByName.writer(named, root, layers);
      optimizer = root.findGroup("optimizer_weights").map(WeightsByName::tensors).orElse(List.of());
    } else if (WeightsByClass.in(root)) {
      layout = Layout.BY_CLASS;
      layers = WeightsByClass.layers(root);
      optimizer = WeightsByClass.optimizer(root);
    } else {
      throw new MalformedFileException(
          shown
              + ": expected Keras weights (an attribute 'layer_names', or groups 'layers/…/vars'),"
              + " found "
              + root.names().stream().limit(10).toList()
              + ". Name a file that Keras saved.");
    }
  }

  private void archive(Path path) {
    try (ZipArchive zip = ZipArchive.open(path)) {
      if (zip.has("metadata.json")) {
        Config metadata = Config.parse(zip.text("metadata.json"), path + ": metadata.json");
        writer = new Writer(metadata.string("keras_version", ""), "");
      }
      if (zip.has(H5)) {
        hdf5(copy(path, zip, H5), path + ": " + H5);
      } else if (zip.has(NPZ)) {
        arrays(copy(path, zip, NPZ), path + ": " + NPZ);
      } else {
        throw new MalformedFileException(
            path
                + ": expected a .keras archive with model.weights.h5, found "
                + zip.names().stream().limit(10).toList()
                + ". Name a file that Keras saved.");
      }
    }
  }

  private void folder(Path path) {
    if (Files.isRegularFile(path.resolve(H5))) {
      hdf5(path.resolve(H5), path.resolve(H5).toString());
    } else if (Files.isRegularFile(path.resolve(NPZ))) {
      arrays(path.resolve(NPZ), path.resolve(NPZ).toString());
    } else {
      throw new DataException(path + ": neither " + H5 + " nor " + NPZ + " is in it.");
    }
    writer = ModelDocument.read(path).writer();
  }

  /** HDF5 is read at places, which an entry of a zip file does not allow. */
  private Path copy(Path path, ZipArchive zip, String entry) {
    try {
      Path copy = Files.createTempFile("graft", ".weights");
      open.add(() -> Files.deleteIfExists(copy));
      zip.extract(entry, copy);
      return copy;
    } catch (IOException e) {
      throw new DataException(
          path + ": cannot be unpacked into the temporary folder: " + e.getMessage() + ".", e);
    }
  }

  private void arrays(Path path, String shown) {
    try (ZipArchive zip = ZipArchive.open(path)) {
      layout = Layout.ARRAYS;
      layers = PickledArrays.layers(zip, shown);
      optimizer = PickledArrays.optimizer(zip, shown);
    } catch (MalformedFileException | DataException e) {
      // The copy's name says nothing to anybody.
      throw new MalformedFileException(e.getMessage().replace(path.toString(), shown), e);
    }
  }

  /** Source: Keras 3.15 {@code saving/saving_lib.py ShardedH5IOStore}. */
  private void shards(Path path) {
    Config table = Config.read(path);
    if (!table.has("weight_map")) {
      throw new MalformedFileException(
          path + ": expected a table of weight shards with 'weight_map', found none.");
    }
    Config map = table.get("weight_map");
    Set<String> names = new LinkedHashSet<>();
    map.keys().forEach(key -> names.addAll(map.strings(key)));
    Map<String, StoredLayer> merged = new LinkedHashMap<>();
    for (String name : names) {
      if (name.isEmpty() || name.contains("/") || name.contains("\\") || name.contains("..")) {
        throw map.wrong("names of files beside it");
      }
      Path shard = path.resolveSibling(name);
      Hdf5File file = Hdf5File.open(shard);
      open.add(file);
      for (StoredLayer layer : WeightsByClass.layers(file.root())) {
        merged.merge(layer.key(), layer, StoredLayer::and);
      }
      List<StoredTensor> state = WeightsByClass.optimizer(file.root());
      optimizer = optimizer.isEmpty() ? state : joined(optimizer, state);
    }
    layout = Layout.SHARDS;
    layers =
        merged.values().stream()
            .sorted(Comparator.comparing(StoredLayer::key, NaturalOrder.INSTANCE))
            .toList();
  }

  private static List<StoredTensor> joined(List<StoredTensor> a, List<StoredTensor> b) {
    List<StoredTensor> all = new ArrayList<>(a);
    all.addAll(b);
    all.sort(Comparator.comparing(StoredTensor::name, NaturalOrder.INSTANCE));
    return all;
  }

  @Override
  public void close() {
    for (int i = open.size() - 1; i >= 0; i--) {
      try {
        open.get(i).close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new DataException("a weights file cannot be closed: " + e.getMessage() + ".", e);
      }
    }
  }
}
