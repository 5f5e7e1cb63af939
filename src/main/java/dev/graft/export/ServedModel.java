package dev.graft.export;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.graft.config.Config;
import dev.graft.config.Nearest;
import dev.graft.error.DataException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.SettingException;
import dev.graft.error.ShapeException;
import dev.graft.network.FrozenGraph;
import dev.graft.network.GraphGuard;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * A SavedModel or a frozen graph, whoever wrote it, loaded to be run by its signatures. {@link
 * #run} is thread-safe.
 */
public final class ServedModel implements AutoCloseable {
  /** The file that makes a folder a SavedModel. */
  static final String FILE = "saved_model.pb";

  /** The note Graft writes into {@code assets.extra}. */
  static final String NOTE = "graft.json";

  private final Path path;
  private final Session session;
  private final AutoCloseable owner;
  private final Map<String, ServedSignature> signatures;
  private final GraphDef graph;

  private ServedModel(
      Path path,
      Session session,
      AutoCloseable owner,
      Map<String, ServedSignature> signatures,
      GraphDef graph) {
    this.path = path;
    this.graph = graph;
    this.session = session;
    this.owner = owner;
    this.signatures = signatures;
  }

  /**
   * Loads the SavedModel in {@code path}: a folder with {@code saved_model.pb}, or one with
   * numbered versions, of which the highest is taken; or a frozen {@code .pb}.
   *
   * @throws DataException when there is none
   * @throws MalformedFileException when it cannot be loaded
   * @throws dev.graft.error.UnsupportedException when its ops reach out of the graph
   */
  public static ServedModel open(Path path, Settings settings) {
    if (path.toString().endsWith(".pb") && Files.isRegularFile(path)) {
      return frozen(path, settings);
    }
    Path folder = version(path);
    guard(folder.resolve(FILE));
    try {
      SavedModelBundle bundle =
          SavedModelBundle.loader(folder.toString())
              .withTags("serve")
              .withConfigProto(settings.config(Settings.Kind.INFERENCE))
              .load();
      Map<String, ServedSignature> signatures = new TreeMap<>();
      bundle
          .metaGraphDef()
          .getSignatureDefMap()
          .forEach(
              (name, def) -> {
                // Python writes one that only initialises.
                if (!name.startsWith("__saved_model")) {
                  signatures.put(name, ServedSignature.of(name, def));
                }
              });
      return new ServedModel(
          folder, bundle.session(), bundle, signatures, bundle.metaGraphDef().getGraphDef());
    } catch (TensorFlowException | IllegalArgumentException | UnsupportedOperationException e) {
      throw new MalformedFileException(
          folder + ": TensorFlow cannot load this SavedModel: " + reason(e), e);
    }
  }

  /** Refuses a SavedModel that would reach out of TensorFlow, before it is loaded. */
  private static void guard(Path file) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (MetaGraphDef meta : SavedModel.parseFrom(in).getMetaGraphsList()) {
        List<String> outputs = new ArrayList<>();
        meta.getSignatureDefMap()
            .values()
            .forEach(s -> s.getOutputsMap().values().forEach(info -> outputs.add(info.getName())));
        GraphGuard.check(file.toString(), meta.getGraphDef(), outputs);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedFileException(
          file + ": expected a SavedModel, found something else. Check the file.", e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }

  private static ServedModel frozen(Path path, Settings settings) {
    FrozenGraph file = FrozenGraph.read(path);
    Graph graph = new Graph();
    try {
      graph.importGraphDef(file.graph());
      ServedSignature signature = FrozenGraphExport.signature(file, graph);
      Session session = settings.open(graph, Settings.Kind.INFERENCE);
      return new ServedModel(
          path,
          session,
          () -> {
            session.close();
            graph.close();
          },
          Map.of(signature.name(), signature),
          file.graph());
    } catch (TensorFlowException | IllegalArgumentException | UnsupportedOperationException e) {
      graph.close();
      throw new MalformedFileException(
          path + ": TensorFlow cannot build this graph: " + reason(e), e);
    }
  }

  /** True when {@code path} is a folder that {@link #open} takes. */
  public static boolean is(Path path) {
    return find(path).isPresent();
  }

  private static Path version(Path path) {
    if (!Files.isDirectory(path)) {
      throw new DataException(path + ": no such folder. Check the path.");
    }
    return find(path)
        .orElseThrow(
            () ->
                new DataException(
                    path
                        + ": expected a SavedModel, found neither saved_model.pb nor a numbered"
                        + " folder that holds one."));
  }

  private static Optional<Path> find(Path path) {
    if (Files.isRegularFile(path.resolve(FILE))) {
      return Optional.of(path);
    }
    if (!Files.isDirectory(path)) {
      return Optional.empty();
    }
    try (Stream<Path> below = Files.list(path)) {
      return below
          .filter(folder -> folder.getFileName().toString().matches("\\d{1,18}"))
          .filter(folder -> Files.isRegularFile(folder.resolve(FILE)))
          .max(Comparator.comparingLong(f -> Long.parseLong(f.getFileName().toString())));
    } catch (IOException e) {
      throw new DataException(path + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }

  /** The folder that holds {@code saved_model.pb}, or the frozen {@code .pb}. */
  public Path path() {
    return path;
  }

  /** What Graft wrote beside the graph, or, for another writer's, what {@code labels.txt} says. */
  public Note note() {
    boolean folder = Files.isDirectory(path);
    Path note = folder ? path.resolve("assets.extra").resolve(NOTE) : FrozenGraphExport.note(path);
    if (Files.exists(note)) {
      return Note.read(Config.read(note));
    }
    Path labels = folder ? path.resolve("assets/labels.txt") : path.resolveSibling("labels.txt");
    try {
      return Files.exists(labels)
          ? new Note(null, Files.readAllLines(labels), null, null)
          : Note.none();
    } catch (IOException e) {
      throw new DataException(labels + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }

  /** All signatures by name. */
  public Map<String, ServedSignature> signatures() {
    return signatures;
  }

  /** The signature {@code name}. */
  public ServedSignature signature(String name) {
    ServedSignature signature = signatures.get(name);
    if (signature == null) {
      throw new SettingException(
          "the model has no signature '" + name + "'." + Nearest.hint(name, signatures.keySet()));
    }
    return signature;
  }

  /** The graph as it lies in the file. */
  GraphDef graph() {
    return graph;
  }

  /** The session that runs it, for what needs other tensors than the signatures name. */
  public Session session() {
    return session;
  }

  /**
   * Runs a signature; the caller closes what comes back, and what it gave.
   *
   * @param inputs one tensor for each input, by name
   * @throws SettingException naming an input that is missing or not known
   * @throws ShapeException when a tensor's type or shape is not the signature's
   * @throws DataException when the graph refuses its input, such as a picture it cannot decode
   */
  public Answer run(String name, Map<String, Tensor> inputs) {
    ServedSignature signature = signature(name);
    Optional<ShapeException> doubt = check(signature, inputs);
    Session.Runner runner = session().runner();
    inputs.forEach((key, tensor) -> runner.feed(signature.inputs().get(key).tensor(), tensor));
    List<String> names = new ArrayList<>(signature.outputs().keySet());
    signature.outputs().values().forEach(port -> runner.fetch(port.tensor()));
    try {
      return new Answer(runner.run(), names);
    } catch (TensorFlowException | IllegalArgumentException | UnsupportedOperationException e) {
      if (doubt.isPresent()) {
        throw doubt.get();
      }
      throw new DataException("signature '" + name + "': " + reason(e), e);
    }
  }

  /** Runs {@code serve_images} on JPEG or PNG files; the caller closes what comes back. */
  public Answer classify(List<byte[]> files) {
    try (Tensor bytes = Tensors.strings(files, files.size())) {
      return run(Signatures.IMAGES, Map.of("image_bytes", bytes));
    }
  }

  /**
   * Checks names, types and shapes. A graph may take (n) where its signature says (n, 1), as
   * TensorFlow's own examples do: that is no error before the graph has refused it, and comes back.
   */
  private static Optional<ShapeException> check(
      ServedSignature signature, Map<String, Tensor> inputs) {
    for (String key : inputs.keySet()) {
      if (!signature.inputs().containsKey(key)) {
        throw new SettingException(
            "signature '"
                + signature.name()
                + "' has no input '"
                + key
                + "'."
                + Nearest.hint(key, signature.inputs().keySet()));
      }
    }
    Optional<ShapeException> doubt = Optional.empty();
    for (Map.Entry<String, ServedSignature.Port> input : signature.inputs().entrySet()) {
      String where = "signature '" + signature.name() + "'";
      ServedSignature.Port port = input.getValue();
      Tensor tensor = inputs.get(input.getKey());
      if (tensor == null) {
        throw new SettingException(
            where + ": input '" + input.getKey() + "' (" + port + ") is missing.");
      }
      ServedSignature.Port came =
          new ServedSignature.Port(input.getKey(), tensor.dataType(), tensor.shape());
      boolean type = tensor.dataType() == port.type();
      if (!type || !fits(port.shape(), tensor.shape())) {
        ShapeException wrong =
            new ShapeException(
                where
                    + ", input '"
                    + input.getKey()
                    + "': expected "
                    + port
                    + ", came "
                    + came
                    + ".");
        if (!type || !fits(port.shape(), tensor.shape().append(1))) {
          throw wrong;
        }
        doubt = Optional.of(wrong);
      }
    }
    return doubt;
  }

  private static boolean fits(Shape expected, Shape came) {
    if (expected.isUnknown()) {
      return true;
    }
    boolean fits = expected.numDimensions() == came.numDimensions();
    for (int i = 0; fits && i < expected.numDimensions(); i++) {
      fits = expected.get(i) < 0 || expected.get(i) == came.get(i);
    }
    return fits;
  }

  /** TensorFlow-Java throws three families of exceptions for what the native library says. */
  private static String reason(RuntimeException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage().lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    try {
      owner.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
