package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's CategoryEncoding: numbers of categories, as rows of zeros and ones or as counts. The
 * keyword {@code count_weights} of a use says what each number counts.
 *
 * <p>Source: keras/src/layers/preprocessing/category_encoding.py, Keras 3.15, where numbers beyond
 * the last category leave no trace; so here.
 */
public record CategoryEncoding(Categories encoding) implements Layer {
  static CategoryEncoding read(Config c) {
    Categories.Mode mode = Categories.mode(c, Categories.Mode.MULTI_HOT);
    if (mode == Categories.Mode.INT) {
      throw c.get("output_mode").wrong("one_hot, multi_hot or count");
    }
    return new CategoryEncoding(new Categories(mode, c.integer("num_tokens")));
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    if (inputs.isEmpty() || inputs.size() > 2) {
      throw new ShapeException(
          "CategoryEncoding: expected numbers and perhaps count_weights, came " + inputs + ".");
    }
    return List.of(encoding.output(inputs.get(0), "CategoryEncoding"));
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    Operand<TFloat32> weights =
        call.arguments().get("count_weights") instanceof Use.Input input
            ? call.x(input.index())
            : null;
    return List.of(
        Value.of(
            encoding.encode(
                f,
                Categories.whole(f, call.inputs().get(0).tensor()),
                call.specs().get(0),
                weights)));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("num_tokens", encoding.depth());
    config.put("output_mode", encoding.mode().keras());
    return config;
  }
}
