package dev.graft.export;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.graft.files.NpyArray;
import dev.graft.files.TfRecordWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Requests that TensorFlow Serving runs before it serves, so that the first client does not wait
 * for lazy initialisation.
 *
 * <p>The file is a TFRecord of {@code tensorflow.serving.PredictionLog}. Those protos are in no
 * Java library Graft has, so their few fields are written by number: tensorflow_serving/apis
 * prediction_log.proto, predict.proto and model.proto.
 */
final class WarmUp {
  /** The file in {@code assets.extra} that TensorFlow Serving looks for. */
  static final String FILE = "tf_serving_warmup_requests";

  private static final int PREDICTION_LOG_PREDICT_LOG = 6;
  private static final int PREDICT_LOG_REQUEST = 1;
  private static final int REQUEST_MODEL_SPEC = 1;
  private static final int REQUEST_INPUTS = 2;
  private static final int SPEC_NAME = 1;
  private static final int SPEC_SIGNATURE = 3;
  private static final int MAP_KEY = 1;
  private static final int MAP_VALUE = 2;

  private WarmUp() {}

  /**
   * One request a signature.
   *
   * @param pictures whether there is a {@code serve_images}
   */
  static void write(Path file, String model, Check check, boolean pictures) throws IOException {
    try (TfRecordWriter records = TfRecordWriter.create(file)) {
      Map<String, TensorProto> inputs = new LinkedHashMap<>();
      check.inputs().forEach((name, array) -> inputs.put(name, tensor(array)));
      if (!inputs.isEmpty()) {
        records.write(request(model, Signatures.DEFAULT, inputs));
      }
      if (pictures) {
        records.write(
            request(
                model,
                Signatures.IMAGES,
                Map.of("image_bytes", tensor(check.pictures(), check.pictures().size()))));
      }
    }
  }

  private static byte[] request(String model, String signature, Map<String, TensorProto> inputs)
      throws IOException {
    ByteString spec =
        field(SPEC_NAME, ByteString.copyFromUtf8(model))
            .concat(field(SPEC_SIGNATURE, ByteString.copyFromUtf8(signature)));
    ByteString request = field(REQUEST_MODEL_SPEC, spec);
    for (Map.Entry<String, TensorProto> input : inputs.entrySet()) {
      ByteString entry =
          field(MAP_KEY, ByteString.copyFromUtf8(input.getKey()))
              .concat(field(MAP_VALUE, input.getValue().toByteString()));
      request = request.concat(field(REQUEST_INPUTS, entry));
    }
    return field(PREDICTION_LOG_PREDICT_LOG, field(PREDICT_LOG_REQUEST, request)).toByteArray();
  }

  /** A field of bytes, text or a message: all three look the same. */
  private static ByteString field(int number, ByteString content) throws IOException {
    ByteString.Output out = ByteString.newOutput();
    CodedOutputStream coded = CodedOutputStream.newInstance(out);
    coded.writeBytes(number, content);
    coded.flush();
    return out.toByteString();
  }

  private static TensorProto tensor(NpyArray array) {
    if (array.type().isText()) {
      return tensor(array.texts(), array.shape());
    }
    DataType type =
        switch (array.type().label()) {
          case "float32" -> DataType.DT_FLOAT;
          case "int32" -> DataType.DT_INT32;
          case "int64" -> DataType.DT_INT64;
          case "uint8" -> DataType.DT_UINT8;
          case "bool" -> DataType.DT_BOOL;
          default -> throw new IllegalArgumentException(array.type().label());
        };
    return proto(type, array.shape())
        .setTensorContent(ByteString.copyFrom(array.data().duplicate().rewind()))
        .build();
  }

  private static TensorProto tensor(List<byte[]> files, long... shape) {
    TensorProto.Builder proto = proto(DataType.DT_STRING, shape);
    files.forEach(file -> proto.addStringVal(ByteString.copyFrom(file)));
    return proto.build();
  }

  private static TensorProto.Builder proto(DataType type, long... shape) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (long size : shape) {
      dimensions.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorProto.newBuilder().setDtype(type).setTensorShape(dimensions);
  }
}
