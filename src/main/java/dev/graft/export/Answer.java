package dev.graft.export;

import dev.graft.config.Nearest;
import dev.graft.error.SettingException;
import dev.graft.runtime.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.types.TString;

/** What a {@link ServedModel} gave, by the names of its signature. Closing it frees the tensors. */
public final class Answer implements AutoCloseable {
  private final Result result;
  private final Map<String, Tensor> outputs;

  Answer(Result result, List<String> names) {
    this.result = result;
    Map<String, Tensor> named = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      named.put(names.get(i), result.get(i));
    }
    this.outputs = Collections.unmodifiableMap(named);
  }

  /** The names of the outputs. */
  public Set<String> names() {
    return outputs.keySet();
  }

  /** An output, valid until this is closed. */
  public Tensor tensor(String name) {
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new SettingException(
          "the model gives no '" + name + "'." + Nearest.hint(name, outputs.keySet()));
    }
    return tensor;
  }

  /** The lengths of the dimensions of an output. */
  public long[] shape(String name) {
    return tensor(name).shape().asArray();
  }

  /** A copy of the values of a float32 output, in row-major order. */
  public float[] floats(String name) {
    return Tensors.read(tensor(name));
  }

  /** A copy of the values of a string output, in row-major order, read as UTF-8. */
  public List<String> strings(String name) {
    List<String> values = new ArrayList<>();
    ((TString) tensor(name)).scalars().forEach(scalar -> values.add(scalar.getObject()));
    return values;
  }

  @Override
  public void close() {
    result.close();
  }
}
