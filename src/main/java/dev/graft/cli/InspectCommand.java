package dev.graft.cli;

import dev.graft.keras.Inspection;
import dev.graft.layers.Layers;
import java.nio.file.Path;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** {@code graft inspect}: what a Keras file is. No code of it is run, no native library loaded. */
final class InspectCommand implements Command {
  private static final int NOT_USABLE = 2;

  @Override
  public String name() {
    return "inspect";
  }

  @Override
  public String summary() {
    return "Says what a Keras file is, and whether Graft can build and train it.";
  }

  @Override
  public String usage() {
    return "FILE [--json]";
  }

  @Override
  public String example() {
    return "graft inspect weights/vgg16_block3_pool.h5";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(Console.json());
    return options;
  }

  @Override
  public int run(CommandLine line, Console console) {
    if (line.getArgList().size() != 1) {
      throw expected("one FILE");
    }
    Path path = Path.of(line.getArgList().get(0));
    if (GraphInspection.is(path)) {
      GraphInspection graph = GraphInspection.of(path);
      console.out().print(line.hasOption("json") ? graph.json() : graph.text());
      return graph.problems().isEmpty() ? 0 : NOT_USABLE;
    }
    Inspection found = Inspection.of(path, Layers.standard());
    console.out().print(line.hasOption("json") ? found.json() : found.text());
    return found.usable() ? 0 : NOT_USABLE;
  }
}
