package dev.graft.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** A file with everything the writer can write, for jhdf and for h5py to read back. */
final class Hdf5Sample {
  static final String CONFIG = "{\"name\": \"Größe\", \"pad\": \"" + "x".repeat(300_000) + "\"}";
  static final List<String> MANY_NAMES =
      IntStream.range(0, 4001).mapToObj("layer_%05d_with_a_rather_long_name"::formatted).toList();
  static final int MANY = 1500;

  private Hdf5Sample() {}

  static void write(Path path) throws IOException {
    try (Hdf5Writer file = Hdf5Writer.create(path)) {
      attributes(file.root().attributes());
      Hdf5GroupWriter weights = file.root().group("model_weights");
      weights.attributes().strings("layer_names", List.of("größe", "b"));
      weights.group("größe").attributes().strings("weight_names", List.of("größe/kernel:0"));
      weights
          .floats("größe/größe/kernel:0", new long[] {2, 3}, 1, -2, 0.5f, 3e38f, 1e-40f, -0f)
          .attributes()
          .integer("epoch", 7);
      weights.group("b").attributes().strings("weight_names", List.of());
      types(file.root().group("types"));
      Hdf5GroupWriter many = file.root().group("many");
      for (int i = MANY - 1; i >= 0; i--) {
        many.floats("v" + i, new long[0], i);
      }
      file.root().group("empty");
      file.root().group("large").floats("counting", new long[] {300, 1000}, counting(300_000));
    }
  }

  private static void attributes(Hdf5AttributeWriter root) {
    root.string("model_config", CONFIG).string("backend", "tensorflow").string("empty", "");
    root.strings("layer_names", MANY_NAMES);
    root.integer("integer", -42).number("number", 0.1).flag("yes", true).flag("no", false);
    root.integers("integers", 1, Long.MIN_VALUE).numbers("numbers", 1.5, -2);
  }

  private static void types(Hdf5GroupWriter group) {
    group.doubles("float64", new long[] {3}, Math.PI, -1e300, 0);
    group.ints("int32", new long[] {2, 2}, 1, -2, Integer.MAX_VALUE, Integer.MIN_VALUE);
    group.longs("int64", new long[] {2}, Long.MAX_VALUE, Long.MIN_VALUE);
    group.bytes("int8", ElementType.INT8, new long[] {3}, (byte) -128, (byte) 0, (byte) 127);
    group.bytes("uint8", ElementType.UINT8, new long[] {3}, (byte) 0, (byte) 128, (byte) 255);
    group.bytes("bool", ElementType.BOOL, new long[] {2}, (byte) 1, (byte) 0);
    group.string("text", "hello ü");
    group.strings("texts", List.of("eins", "", "drei"));
    group.floats("nothing", new long[] {0, 4});
    group.floats("scalar", new long[0], 3.25f);
  }

  /** 0, 1, 2, … without an array to hold them. */
  static FloatSource counting(int count) {
    return new FloatSource() {
      private int at;

      @Override
      public int read(float[] into) {
        if (at == count) {
          return -1;
        }
        int length = Math.min(into.length, count - at);
        for (int i = 0; i < length; i++) {
          into[i] = at++;
        }
        return length;
      }
    };
  }

  /** A whole model as Keras 2 saves one: Dense(2) over three inputs. */
  static void writeModel(Path path) throws IOException {
    String config =
        """
        {"class_name": "Sequential", "config": {"name": "s", "layers": [
          {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 3],
            "dtype": "float32", "name": "input_1"}},
          {"class_name": "Dense", "config": {"name": "d", "units": 2, "activation": "linear"}}]}}
        """;
    try (Hdf5Writer file = Hdf5Writer.create(path)) {
      file.root()
          .attributes()
          .string("backend", "tensorflow")
          .string("keras_version", "2.18.0")
          .string("model_config", config);
      Hdf5GroupWriter weights = file.root().group("model_weights");
      weights.attributes().strings("layer_names", List.of("d"));
      weights.group("d").attributes().strings("weight_names", List.of("d/kernel:0", "d/bias:0"));
      weights.floats("d/d/kernel:0", new long[] {3, 2}, 1, 2, 3, 4, 5, 6);
      weights.floats("d/d/bias:0", new long[] {2}, 0.5f, -0.5f);
    }
  }

  /** Writes the files for {@code tools/readback/hdf5_check.py}. */
  public static void main(String[] arguments) throws IOException {
    write(Path.of(arguments[0]));
    writeModel(Path.of(arguments[1]));
  }
}
