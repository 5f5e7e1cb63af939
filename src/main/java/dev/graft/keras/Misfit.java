package dev.graft.keras;

import dev.graft.layers.Model;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.Shape;

/** The sentences that say why a weights file does not fit a model. */
final class Misfit {
  private static final int SHOWN = 5;

  private Misfit() {}

  static String shape(
      WeightFile file, Model.Entry entry, Model.Variable variable, StoredTensor tensor) {
    return file.path()
        + ": layer '"
        + entry.name()
        + "' ("
        + entry.layer().className()
        + "), weight '"
        + variable.slot().name()
        + "': the model expects "
        + StoredTensor.text(variable.slot().shape())
        + ", the file has "
        + StoredTensor.text(tensor.shape())
        + ". "
        + advice(entry, variable.slot().shape(), tensor.shape());
  }

  private static String advice(Model.Entry entry, Shape expected, Shape came) {
    int rank = expected.numDimensions();
    if (entry.layer().className().startsWith("Conv") && rank > 2 && came.numDimensions() == rank) {
      boolean channelsOnly = true;
      for (int i = 0; i < rank; i++) {
        channelsOnly &= i == rank - 2 || expected.get(i) == came.get(i);
      }
      if (channelsOnly) {
        return "Build the model with " + came.get(rank - 2) + " input channels.";
      }
    }
    return "Build the model as the file has it, or pass over such weights (skip mismatch).";
  }

  static String number(
      WeightFile file, Model.Entry entry, List<Model.Variable> variables, StoredLayer stored) {
    return file.path()
        + ": layer '"
        + entry.name()
        + "' ("
        + entry.layer().className()
        + "): the model expects the weights "
        + variables.stream()
            .map(v -> v.slot().name() + " " + StoredTensor.text(v.slot().shape()))
            .collect(Collectors.joining(", "))
        + ", the file has "
        + stored.tensors().stream()
            .map(t -> t.name() + " " + StoredTensor.text(t.shape()))
            .collect(Collectors.joining(", "))
        + ". Build the model as the file has it, or pass over such weights (skip mismatch).";
  }

  static String stranger(WeightFile file, Model model, Collection<String> wanted) {
    return file.path()
        + ": none of its layers ("
        + some(
            file.layers().stream()
                .filter(layer -> !layer.tensors().isEmpty())
                .map(StoredLayer::label)
                .toList())
        + ") is one of model '"
        + model.name()
        + "' ("
        + some(wanted)
        + "). These are weights of another network: name the right file, or map names (old=new).";
  }

  static String missing(WeightFile file, List<String> missing, List<String> left) {
    return file.path()
        + ": expected weights of "
        + layers(missing)
        + " "
        + some(missing)
        + ", the file has none"
        + (left.isEmpty() ? "" : " (and has left over " + some(left) + ")")
        + ". Map names (old=new), or load by name to start those layers afresh.";
  }

  static String leftOver(WeightFile file, Model model, List<String> left) {
    return file.path()
        + ": it has weights of "
        + layers(left)
        + " "
        + some(left)
        + ", which model '"
        + model.name()
        + "' lacks. Map names (old=new), or load by name to pass over them.";
  }

  private static String layers(List<String> names) {
    return names.size() == 1 ? "layer" : names.size() + " layers,";
  }

  private static String some(Collection<String> names) {
    String first =
        names.stream().limit(SHOWN).map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    return names.size() <= SHOWN ? first : first + " and " + (names.size() - SHOWN) + " more";
  }
}
