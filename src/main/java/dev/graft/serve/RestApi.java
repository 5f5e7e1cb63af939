package dev.graft.serve;

import dev.graft.data.Images;
import dev.graft.error.GraftException;
import dev.graft.export.ServedModel;
import dev.graft.export.ServedSignature;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.proto.DataType;

/**
 * TensorFlow Serving's REST API over one model. Thread-safe; knows nothing of sockets.
 *
 * <p>Source: tensorflow_serving/g3doc/api_rest.md, model_servers/http_rest_api_handler.cc. Beyond
 * it, {@code classify} takes examples for any signature that gives {@code classes} and {@code
 * scores} or {@code probabilities}, and {@code regress} for any that gives one number a row: no
 * serialised {@code tf.Example} is needed in the graph; bytes without {@code signature_name} go to
 * the one signature that takes bytes. Where a signature takes those, it gets them; all examples of
 * a request have the same features then.
 */
final class RestApi {
  private static final Pattern RUN =
      Pattern.compile(
          "(?i)/v1/models/([^/:]+)(?:/versions/(\\d+)|/labels/([^/:]+))?:(classify|regress|predict)");
  private static final Pattern ABOUT =
      Pattern.compile("(?i)/v1/models/([^/:]+)(?:/versions/(\\d+)|/labels/([^/:]+))?(/metadata)?");
  private static final String DEFAULT = "serving_default";
  private static final List<String> SCORES = List.of("scores", "probabilities");

  private final ServedModel model;
  private final String name;
  private final String version;
  private final ServerOptions.Limits limits;
  private final Batcher batcher;

  RestApi(ServedModel model, ServerOptions options, Batcher batcher) {
    this.model = model;
    this.name = options.name();
    String folder = String.valueOf(model.path().getFileName());
    this.version = folder.matches("\\d{1,18}") ? Long.toString(Long.parseLong(folder)) : "1";
    this.limits = options.limits();
    this.batcher = batcher;
  }

  /** Which method of a model a path asks for, for metrics. */
  static String method(String path) {
    Matcher run = RUN.matcher(path);
    return run.matches() ? run.group(4).toLowerCase(java.util.Locale.ROOT) : "other";
  }

  /**
   * Answers a request under {@code /v1/}.
   *
   * @param path as it was sent, without the query
   * @throws IOException when the body breaks off
   */
  Reply handle(String verb, String path, InputStream body) throws IOException {
    try {
      Matcher run = RUN.matcher(path);
      if (verb.equals("POST") && run.matches()) {
        checkModel(run, "Servable not found for request: ");
        return run(method(path), body);
      }
      Matcher about = ABOUT.matcher(path);
      if (verb.equals("GET") && about.matches()) {
        checkModel(about, "Could not find any versions of model: ");
        return Reply.json(
            about.group(4) == null
                ? Replies.status(version)
                : Replies.metadata(name, version, model.signatures()));
      }
      throw Refusal.bad("Malformed request: " + verb + " " + path);
    } catch (Refusal e) {
      return Reply.error(e.code(), e.getMessage());
    } catch (GraftException e) {
      return Reply.error(Refusal.BAD, e.getMessage());
    }
  }

  private void checkModel(Matcher path, String words) {
    if (path.group(3) != null) {
      throw Refusal.bad("Unrecognized servable version label: " + path.group(3));
    }
    String asked = path.group(2);
    if (!decoded(path.group(1)).equals(name) || (asked != null && !asked.equals(version))) {
      throw new Refusal(
          Refusal.UNKNOWN,
          words
              + (asked == null
                  ? "Latest(" + path.group(1) + ")"
                  : "Specific(" + path.group(1) + ", " + asked + ")"));
    }
  }

  /** A part of a path, without percent signs. */
  private static String decoded(String part) {
    try {
      return URI.create(part).getPath();
    } catch (IllegalArgumentException e) {
      return part;
    }
  }

  private Reply run(String method, InputStream body) throws IOException {
    Question question = Question.read(body, method);
    ServedSignature signature = signature(question, method);
    Map<String, Rows> inputs = question.inputs(signature);
    checkPictures(signature, inputs);
    Map<String, Rows> outputs = answer(signature, inputs);
    return Reply.json(
        switch (method) {
          case "classify" ->
              Replies.classes(outputs.get("classes"), outputs.get(scores(signature)));
          case "regress" -> Replies.values(outputs.values().iterator().next());
          default -> Replies.predictions(question.form(), outputs);
        });
  }

  private ServedSignature signature(Question question, String method) {
    String asked = question.signature();
    if (asked == null) {
      Optional<ServedSignature> meant = meant(question, method);
      if (meant.isPresent()) {
        return meant.get();
      }
    }
    String wanted = asked == null || asked.isEmpty() ? DEFAULT : asked;
    ServedSignature signature = model.signatures().get(wanted);
    if (signature == null) {
      throw Refusal.bad("Serving signature name: \"" + wanted + "\" not found in signature def");
    }
    if (method.equals("classify") && !classifies(signature)) {
      throw Refusal.bad(
          "Expected classification signature: '"
              + wanted
              + "' gives no 'scores' or 'probabilities' with 'classes'");
    }
    if (method.equals("regress") && !regresses(signature)) {
      throw Refusal.bad(
          "Expected regression signature: '" + wanted + "' does not give one number a row");
    }
    return signature;
  }

  /** The one signature that can answer, where none is named and the default one cannot. */
  private Optional<ServedSignature> meant(Question question, String method) {
    Predicate<ServedSignature> can =
        switch (method) {
          case "classify" -> RestApi::classifies;
          case "predict" -> question::bytesFor;
          default -> signature -> false;
        };
    ServedSignature usual = model.signatures().get(DEFAULT);
    List<ServedSignature> able = model.signatures().values().stream().filter(can).toList();
    return able.size() == 1 && (usual == null || !can.test(usual))
        ? Optional.of(able.get(0))
        : Optional.empty();
  }

  private static boolean classifies(ServedSignature signature) {
    return signature != null
        && scores(signature) != null
        && (signature.outputs().containsKey("classes")
            || signature.method().equals("tensorflow/serving/classify"));
  }

  private static String scores(ServedSignature signature) {
    return SCORES.stream().filter(signature.outputs()::containsKey).findFirst().orElse(null);
  }

  private static boolean regresses(ServedSignature signature) {
    if (signature.outputs().size() != 1) {
      return false;
    }
    ServedSignature.Port port = signature.outputs().values().iterator().next();
    int rank = port.shape().numDimensions();
    return port.type() == DataType.DT_FLOAT
        && (rank == 1 || (rank == 2 && port.shape().get(1) == 1));
  }

  /** Looks at the heads of pictures before anything is decoded. */
  private void checkPictures(ServedSignature signature, Map<String, Rows> inputs) {
    if (!signature.name().equals("serve_images") || !inputs.containsKey("image_bytes")) {
      return;
    }
    List<byte[]> pictures = inputs.get("image_bytes").texts();
    for (int i = 0; i < pictures.size(); i++) {
      Optional<String> refusal = Images.refusal(pictures.get(i), limits.pixels());
      if (refusal.isPresent()) {
        throw Refusal.bad("image_bytes " + i + ": " + refusal.get());
      }
    }
  }

  private Map<String, Rows> answer(ServedSignature signature, Map<String, Rows> inputs) {
    CompletableFuture<Map<String, Rows>> answer = batcher.submit(signature.name(), inputs);
    try {
      return answer.get(limits.time().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new Refusal(
          Refusal.TOO_LATE, "Timed out after " + limits.time().toMillis() + " milliseconds");
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new Refusal(Refusal.BUSY, "the server is stopping");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GraftException known) {
        throw known;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
