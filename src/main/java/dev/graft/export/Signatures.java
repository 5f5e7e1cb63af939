package dev.graft.export;

import dev.graft.layers.Ref;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** The named ways into a served graph. */
final class Signatures {
  /** TensorFlow's name of the signature that is taken when none is named. */
  static final String DEFAULT = "serving_default";

  /** Takes pictures in their files, gives classes and probabilities. */
  static final String IMAGES = "serve_images";

  /** Gives what layers inside the network compute. */
  static final String FEATURES = "features";

  private final Map<String, SignatureDef> all = new LinkedHashMap<>();

  void add(String name, Map<String, Operand<?>> inputs, Map<String, Operand<?>> outputs) {
    SignatureDef.Builder signature =
        SignatureDef.newBuilder().setMethodName("tensorflow/serving/predict");
    inputs.forEach((key, tensor) -> signature.putInputs(key, info(tensor)));
    outputs.forEach((key, tensor) -> signature.putOutputs(key, info(tensor)));
    all.put(name, signature.build());
  }

  Map<String, SignatureDef> all() {
    return all;
  }

  /** Keras's names of a model's inputs or outputs: the layer's, made unique by a number. */
  static List<String> names(List<Ref> refs) {
    List<String> names = new ArrayList<>();
    for (Ref ref : refs) {
      String name = ref.layer();
      for (int n = 1; names.contains(name); n++) {
        name = ref.layer() + "_" + n;
      }
      names.add(name);
    }
    return names;
  }

  /** TensorFlow's name of a tensor: {@code op:index}. */
  static String name(Operand<?> tensor) {
    return tensor.op().name() + ":" + tensor.asOutput().index();
  }

  private static TensorInfo info(Operand<?> tensor) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : tensor.shape().asArray()) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorInfo.newBuilder()
        .setName(name(tensor))
        .setDtype(tensor.asOutput().dataType())
        .setTensorShape(shape)
        .build();
  }
}
