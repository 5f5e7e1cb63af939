package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.files.ElementType;
import dev.graft.files.NpyArray;
import dev.graft.files.NpzFile;
import dev.graft.keras.FiledLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A layer as real Keras computed it; made by tools/goldens/layers.py, which says what is in it. */
record GoldenCase(String name, Map<String, NpyArray> arrays, Config config) {
  static final Path FOLDER = Path.of("src/test/resources/goldens/layers");

  static List<Path> all(String generation) {
    try (Stream<Path> files = Files.list(FOLDER.resolve(generation))) {
      return files.filter(file -> file.toString().endsWith(".npz")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static GoldenCase read(Path file) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    try (NpzFile npz = NpzFile.open(file)) {
      for (String name : npz.names()) {
        arrays.put(name, npz.array(name));
      }
    }
    NpyArray text = arrays.remove("case");
    byte[] bytes = new byte[text.size()];
    long[] values = text.longs();
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    String json = new String(bytes, StandardCharsets.UTF_8);
    String name = file.getParent().getFileName() + "/" + file.getFileName();
    return new GoldenCase(name, arrays, Config.parse(json, name));
  }

  boolean has(String array) {
    return arrays.containsKey(array);
  }

  NpyArray array(String array) {
    return arrays.get(array);
  }

  /** The layer, read as from a file of its Keras. */
  Layer layer() {
    return FiledLayer.read(config, config.string("generation").equals("tf_keras") ? 2 : 3);
  }

  boolean trainable() {
    return config.get("config").flag("trainable", true);
  }

  boolean training() {
    return config.flag("training");
  }

  /** Keyword arguments of the call; {@code "in0"} stands for the first input. */
  Map<String, Object> arguments() {
    Map<String, Object> arguments = new LinkedHashMap<>();
    Config given = config.get("arguments");
    for (String key : given.keys()) {
      arguments.put(key, given.has(key) ? filled(given.get(key).plain()) : null);
    }
    return arguments;
  }

  private static Object filled(Object value) {
    if (value instanceof String text && text.matches("in\\d")) {
      return new Use.Input(text.charAt(2) - '0');
    }
    if (value instanceof List<?> list) {
      List<Object> all = new ArrayList<>();
      list.forEach(item -> all.add(filled(item)));
      return all;
    }
    return value;
  }

  int inputs() {
    return config.integer("inputs");
  }

  int outputs() {
    return config.integer("outputs");
  }

  List<Spec> specs() {
    List<Spec> specs = new ArrayList<>();
    for (int i = 0; i < inputs(); i++) {
      NpyArray in = array("in" + i);
      DType type = type(in);
      long[] shape = in.shape().clone();
      shape[0] = -1;
      specs.add(new Spec(org.tensorflow.ndarray.Shape.of(shape), type));
    }
    return specs;
  }

  static DType type(NpyArray array) {
    return array.type().equals(ElementType.FLOAT32)
        ? DType.FLOAT32
        : array.type().equals(ElementType.BOOL)
            ? DType.BOOL
            : array.type().isText() ? DType.STRING : DType.INT32;
  }
}
