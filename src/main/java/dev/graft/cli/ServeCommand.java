package dev.graft.cli;

import dev.graft.export.SavedModelExport;
import dev.graft.export.ServedModel;
import dev.graft.files.ScratchFolder;
import dev.graft.network.Network;
import dev.graft.recipe.LoadedModel;
import dev.graft.recipe.Surroundings;
import dev.graft.serve.ModelServer;
import dev.graft.serve.ServerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft serve}: a model behind TensorFlow Serving's REST API, until Ctrl-C. */
final class ServeCommand implements Command {
  private static final int PORT = 8501;
  private static final int INTERRUPTED = 130;
  private static final long LOOK_MILLIS = 100;

  @Override
  public String name() {
    return "serve";
  }

  @Override
  public String summary() {
    return "Serves a model over HTTP as TensorFlow Serving does, with a page to drop photos on.";
  }

  @Override
  public String usage() {
    return "MODEL [--port 8501] [options]";
  }

  @Override
  public String example() {
    return "graft serve runs/first --port 8501";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(Console.value("port", "N", "where to listen (default 8501; 0 for any)"));
    options.addOption(
        Console.value("host", "ADDRESS", "on which address (default 127.0.0.1: this machine)"));
    options.addOption(
        Console.value("name", "NAME", "the model's name in URLs (default: the file's)"));
    options.addOption(Console.value("max-body", "MB", "the longest request (default 32)"));
    options.addOption(Console.value("max-batch", "N", "rows run at once (default 32)"));
    options.addOption(Console.value("timeout", "SECONDS", "for a request (default 30)"));
    options.addOption(
        Console.flag("json", "where it listens, as one JSON document on stdout, once it does"));
    ModelOptions.weights(options);
    ModelOptions.pictures(options);
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    if (line.getArgList().size() != 1) {
      throw expected("one MODEL");
    }
    String model = line.getArgList().get(0);
    ServerOptions options = serverOptions(line, model);
    if (ServedModel.is(Path.of(model)) || ServedModel.is(Path.of(model, "saved_model"))) {
      return serve(Path.of(model), options, line, console);
    }
    Surroundings around = console.surroundings(line, null, null);
    LoadedModel loaded = ModelOptions.open(model, line, around);
    try (ScratchFolder scratch = ScratchFolder.create()) {
      Path saved = scratch.path().resolve("saved_model");
      try (Network network = loaded.network(around)) {
        SavedModelExport.of(network).about(ModelOptions.note(loaded, line)).write(saved, 1);
      }
      return serve(saved, options, line, console);
    }
  }

  private static ServerOptions serverOptions(CommandLine line, String model) {
    String file = Path.of(model).toAbsolutePath().normalize().getFileName().toString();
    String name = line.getOptionValue("name", file.replaceFirst("\\.[A-Za-z0-9]+$", ""));
    ServerOptions.Limits usual = ServerOptions.Limits.standard();
    long bytes = Console.whole(line, "max-body", usual.bodyBytes() >> 20) << 20;
    Duration time = Duration.ofSeconds(Console.whole(line, "timeout", usual.time().toSeconds()));
    int batch = Math.toIntExact(Console.whole(line, "max-batch", usual.batch()));
    return new ServerOptions(
        line.getOptionValue("host", "127.0.0.1"),
        Math.toIntExact(Console.whole(line, "port", PORT)),
        name,
        new ServerOptions.Limits(bytes, usual.pixels(), time, batch, usual.waiting()));
  }

  private static int serve(Path model, ServerOptions options, CommandLine line, Console console) {
    console.interrupt().watch();
    try (ModelServer server = ModelServer.start(model, options, console.settings(line))) {
      String ask = server.modelAddress() + ":predict";
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("page", server.address().toString());
      json.put("predict", ask);
      console.tell(
          line,
          json,
          List.of("Photos can be dropped at " + server.address(), "Clients ask " + ask));
      while (!console.interrupt().getAsBoolean()) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
      console.err().println("graft: answering the last requests");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return INTERRUPTED;
  }
}
