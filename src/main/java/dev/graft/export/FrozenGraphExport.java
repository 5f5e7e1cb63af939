package dev.graft.export;

import dev.graft.config.Config;
import dev.graft.config.Json;
import dev.graft.error.SettingException;
import dev.graft.files.AtomicFiles;
import dev.graft.network.FrozenGraph;
import dev.graft.network.Network;
import dev.graft.runtime.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;

/**
 * Writes a frozen graph: a GraphDef in a {@code .pb} whose weights are constants, as TensorFlow 1's
 * tools and mobile converters read it.
 *
 * <p>Beside {@code NAME.pb} go {@code NAME.json}, which says what its inputs and outputs are called
 * and holds the {@link Note}, and for a classifier {@code labels.txt} with a class name a line.
 */
public final class FrozenGraphExport {
  private FrozenGraphExport() {}

  /**
   * Writes what {@code network} holds.
   *
   * @throws SettingException when {@code target} or a file that goes beside it is there already
   */
  public static void write(Network network, Note note, Path target) {
    write(network, note, target, Settings.Precision.FLOAT32);
  }

  /**
   * As the other method, with convolutions and matrix products computed in {@code precision} and
   * their weights kept in it.
   */
  public static void write(Network network, Note note, Path target, Settings.Precision precision) {
    Path labels = target.resolveSibling("labels.txt");
    if (!target.toString().endsWith(".pb")) {
      throw new SettingException(target + ": expected a name that ends in .pb.");
    }
    List<Path> files =
        note.classes().isEmpty()
            ? List.of(target, note(target))
            : List.of(target, note(target), labels);
    for (Path file : files) {
      if (Files.exists(file)) {
        throw new SettingException(
            file + ": is there already. Remove it, or choose another place.");
      }
    }
    MetaGraphDef meta;
    try (ServingGraph graph = new ServingGraph(network.model(), null, List.of())) {
      meta = graph.withConstants(network, precision);
    }
    Note kept = note.within(Rounding.tolerance(precision));
    AtomicFiles.write(
        target,
        part -> {
          try (var out = Files.newOutputStream(part)) {
            meta.getGraphDef().writeTo(out);
          }
        });
    AtomicFiles.string(note(target), Json.pretty(describe(kept, meta)));
    if (!note.classes().isEmpty()) {
      AtomicFiles.string(labels, String.join("\n", note.classes()) + "\n");
    }
    if (precision != Settings.Precision.FLOAT32 && note.check() != null) {
      check(files, precision);
    }
  }

  /** What is too far from float32 does not stay. */
  private static void check(List<Path> files, Settings.Precision precision) {
    try {
      Rounded.check(files.get(0), precision);
    } catch (SettingException e) {
      files.forEach(file -> file.toFile().delete());
      throw e;
    }
  }

  private static Map<String, Object> describe(Note note, MetaGraphDef meta) {
    SignatureDef signature = meta.getSignatureDefOrThrow(Signatures.DEFAULT);
    Map<String, Object> text = new LinkedHashMap<>();
    Map<String, String> inputs = new TreeMap<>();
    Map<String, String> outputs = new TreeMap<>();
    signature.getInputsMap().forEach((name, info) -> inputs.put(name, info.getName()));
    signature.getOutputsMap().forEach((name, info) -> outputs.put(name, info.getName()));
    text.put("inputs", inputs);
    text.put("outputs", outputs);
    text.putAll(note.config());
    return text;
  }

  /** Where the note of the frozen graph {@code target} lies. */
  static Path note(Path target) {
    String name = target.getFileName().toString();
    return target.resolveSibling(name.substring(0, name.length() - ".pb".length()) + ".json");
  }

  /** How a frozen graph is fed: as its note says, else every placeholder gives every end. */
  static ServedSignature signature(FrozenGraph file, Graph graph) {
    Map<String, ServedSignature.Port> inputs = new TreeMap<>();
    Map<String, ServedSignature.Port> outputs = new TreeMap<>();
    if (Files.exists(note(file.path()))) {
      Config note = Config.read(note(file.path()));
      Config in = note.get("inputs");
      Config out = note.get("outputs");
      in.keys().forEach(name -> inputs.put(name, port(file, graph, in.string(name))));
      out.keys().forEach(name -> outputs.put(name, port(file, graph, out.string(name))));
    } else {
      file.placeholders().forEach(name -> inputs.put(name, port(file, graph, name)));
      file.ends().forEach(name -> outputs.put(name, port(file, graph, name)));
    }
    return new ServedSignature(Signatures.DEFAULT, "tensorflow/serving/predict", inputs, outputs);
  }

  private static ServedSignature.Port port(FrozenGraph file, Graph graph, String name) {
    String tensor = file.tensor(name);
    Output<?> output = graph.outputOrThrow(tensor);
    return new ServedSignature.Port(tensor, output.dataType(), output.shape());
  }
}
