package dev.graft.export;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A named way into a graph: which tensors are fed and which come out.
 *
 * @param name such as {@code serving_default}
 * @param method TensorFlow Serving's name of what it does, such as {@code
 *     tensorflow/serving/predict}
 * @param inputs by name
 * @param outputs by name
 */
public record ServedSignature(
    String name, String method, Map<String, Port> inputs, Map<String, Port> outputs) {
  /** Copies; keeps the order. */
  public ServedSignature {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /**
   * A tensor of a graph.
   *
   * @param tensor {@code op:index}
   * @param type its element type
   * @param shape -1 for a dimension that is not known; unknown when not even their number is
   */
  public record Port(String tensor, DataType type, Shape shape) {
    static Port of(TensorInfo info) {
      return new Port(info.getName(), info.getDtype(), shape(info.getTensorShape()));
    }

    private static Shape shape(TensorShapeProto proto) {
      return proto.getUnknownRank()
          ? Shape.unknown()
          : Shape.of(
              proto.getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray());
    }

    /** Type and shape as a person reads them: {@code float32 (-1, 224, 224, 3)}. */
    @Override
    public String toString() {
      String name = type.name().replaceFirst("DT_", "").toLowerCase(java.util.Locale.ROOT);
      String dimensions =
          shape.isUnknown()
              ? "of any shape"
              : java.util.Arrays.toString(shape.asArray()).replace('[', '(').replace(']', ')');
      return (name.equals("float") ? "float32" : name) + " " + dimensions;
    }
  }

  static ServedSignature of(String name, SignatureDef def) {
    Map<String, Port> inputs = new TreeMap<>();
    Map<String, Port> outputs = new TreeMap<>();
    def.getInputsMap().forEach((key, info) -> inputs.put(key, Port.of(info)));
    def.getOutputsMap().forEach((key, info) -> outputs.put(key, Port.of(info)));
    return new ServedSignature(name, def.getMethodName(), inputs, outputs);
  }
}
