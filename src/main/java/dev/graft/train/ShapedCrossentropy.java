package dev.graft.train;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What Keras 2 makes of the metric {@code crossentropy}: the binary one for a single output, else
 * the sparse or the categorical one by the shape of the targets. Source:
 * tf_keras/src/engine/compile_utils.py, 2.18.
 */
record ShapedCrossentropy() implements Loss {
  @Override
  public String name() {
    return "crossentropy";
  }

  @Override
  public String className() {
    return "Crossentropy";
  }

  @Override
  public Operand<TFloat32> perExample(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
    Loss loss =
        switch (Accuracy.byShape(target, output)) {
          case SPARSE -> new Crossentropy(true, false, 0, null);
          case CATEGORICAL -> new Crossentropy(false, false, 0, null);
          case BINARY, NUMBERS -> new BinaryCrossentropy(false, 0);
        };
    return loss.perExample(tf, target, output);
  }

  @Override
  public Map<String, Object> config() {
    return Map.of();
  }

  @Override
  public Labels labels() {
    return Labels.NUMBERS;
  }
}
