package dev.graft.layers;

import dev.graft.config.Config;
import dev.graft.error.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Keras's Dot: for each example, the sum over one axis of each of two inputs. Source:
 * keras/src/layers/merging/dot.py, Keras 3.15.
 *
 * @param axes the axis of each input, or one for both; the batch is axis 0
 * @param normalize scales the inputs to length 1 along the axis first
 */
public record Dot(List<Integer> axes, boolean normalize) implements Layer {
  static Dot read(Config c) {
    List<Integer> axes = Numbers.list(c, "axes");
    if (axes.isEmpty() || axes.size() > 2) {
      throw c.get("axes").wrong("one axis or two");
    }
    return new Dot(axes, c.flag("normalize", false));
  }

  private int axis(List<Spec> inputs, int input) {
    return Math.floorMod(axes.get(axes.size() == 1 ? 0 : input), inputs.get(input).rank());
  }

  @Override
  public List<Spec> outputs(List<Spec> inputs) {
    if (inputs.size() != 2) {
      throw new ShapeException("Dot: expected two inputs, came " + inputs.size() + ".");
    }
    int[] at = {axis(inputs, 0), axis(inputs, 1)};
    long[] sizes = {inputs.get(0).size(at[0]), inputs.get(1).size(at[1])};
    boolean differ = sizes[0] >= 0 && sizes[1] >= 0 && sizes[0] != sizes[1];
    if (at[0] == 0 || at[1] == 0 || differ) {
      throw new ShapeException("Dot: the axes " + axes + " do not fit " + inputs + ".");
    }
    List<Long> out = new ArrayList<>();
    for (int input = 0; input < 2; input++) {
      for (int i = input; i < inputs.get(input).rank(); i++) {
        if (i != at[input]) {
          out.add(inputs.get(input).size(i));
        }
      }
    }
    if (out.size() == 1) {
      out.add(1L);
    }
    return List.of(Spec.floats(out.stream().mapToLong(Long::longValue).toArray()));
  }

  @Override
  public List<Value> call(Call call) {
    Floats f = Floats.of(call);
    StringBuilder[] letters = {new StringBuilder("b"), new StringBuilder("b")};
    StringBuilder out = new StringBuilder("b");
    char next = 'd';
    List<Operand<TFloat32>> inputs = new ArrayList<>();
    for (int input = 0; input < 2; input++) {
      int at = axis(call.specs(), input);
      for (int i = 1; i < call.specs().get(input).rank(); i++) {
        letters[input].append(i == at ? 'c' : next);
        if (i != at) {
          out.append(next++);
        }
      }
      Operand<TFloat32> x = call.x(input);
      if (normalize) {
        Operand<TFloat32> squares = f.sum(f.square(x), true, at);
        Operand<TFloat32> floor = f.tf().math.maximum(squares, f.constant(1e-12));
        x = f.mul(x, f.tf().math.rsqrt(floor));
      }
      inputs.add(x);
    }
    Operand<TFloat32> y = f.tf().linalg.einsum(inputs, letters[0] + "," + letters[1] + "->" + out);
    return List.of(Value.of(out.length() == 1 ? f.expand(y, 1) : y));
  }

  @Override
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("axes", Numbers.single(axes));
    config.put("normalize", normalize);
    return config;
  }
}
