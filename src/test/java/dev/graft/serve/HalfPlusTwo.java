package dev.graft.serve;

import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * The model of TensorFlow Serving's documentation, {@code y = x / 2 + 2}: of numbers, and of
 * serialised {@code tf.Example}s with a feature {@code x}.
 */
final class HalfPlusTwo {
  private static final String SERVING = "tensorflow/serving/";

  private HalfPlusTwo() {}

  static void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Graph graph = new Graph();
        Tensor none = Tensors.strings(List.of(), 0);
        Tensor key = Tensors.strings(List.of(new byte[] {'x'}), 1);
        OutputStream out = Files.newOutputStream(folder.resolve("saved_model.pb"))) {
      Ops tf = Ops.create(graph);
      Operand<TString> examples =
          tf.withName("examples").placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
      Operand<TString> empty = tf.constantOf((TString) none);
      Operand<?> parsed =
          tf.io
              .parseExample(
                  examples,
                  empty,
                  empty,
                  tf.constantOf((TString) key),
                  empty,
                  List.of((Operand<?>) tf.constant(new float[] {0})),
                  0L,
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of(Shape.of(1)))
              .denseValues()
              .get(0);
      Operand<TFloat32> x =
          tf.withName("x").placeholderWithDefault(floats(parsed), Shape.unknown());
      tf.withName("y").math.add(tf.math.mul(x, tf.constant(0.5f)), tf.constant(2f));
      MetaGraphDef.Builder meta = MetaGraphDef.newBuilder().setGraphDef(graph.toGraphDef());
      meta.getMetaInfoDefBuilder().addTags("serve");
      TensorInfo example = info("examples:0", DataType.DT_STRING, -1);
      TensorInfo y = info("y:0", DataType.DT_FLOAT, -1, 1);
      meta.putSignatureDef(
          "serving_default",
          signature("predict", "x", info("x:0", DataType.DT_FLOAT, -1, 1), "y", y));
      meta.putSignatureDef(
          SERVING + "regress", signature("regress", "inputs", example, "outputs", y));
      meta.putSignatureDef(
          SERVING + "classify", signature("classify", "inputs", example, "scores", y));
      SavedModel.newBuilder()
          .setSavedModelSchemaVersion(1)
          .addMetaGraphs(meta)
          .build()
          .writeTo(out);
    }
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> floats(Operand<?> tensor) {
    return (Operand<TFloat32>) tensor;
  }

  private static SignatureDef signature(
      String method, String in, TensorInfo input, String out, TensorInfo output) {
    return SignatureDef.newBuilder()
        .setMethodName(SERVING + method)
        .putInputs(in, input)
        .putOutputs(out, output)
        .build();
  }

  private static TensorInfo info(String tensor, DataType type, long... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorInfo.newBuilder().setName(tensor).setDtype(type).setTensorShape(shape).build();
  }
}
