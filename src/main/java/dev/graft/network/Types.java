package dev.graft.network;

import dev.graft.error.UnsupportedException;
import dev.graft.layers.DType;
import dev.graft.layers.Spec;
import org.tensorflow.Operand;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/** TensorFlow-Java's types for Keras's. */
final class Types {
  private Types() {}

  /** The class of tensors of this type; half and double precision inputs are taken as float32. */
  static Class<? extends TType> of(DType type) {
    return switch (type) {
      case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> TFloat32.class;
      case INT32 -> TInt32.class;
      case INT64 -> TInt64.class;
      case UINT8 -> TUint8.class;
      case BOOL -> TBool.class;
      case STRING -> TString.class;
      case INT8, INT16 ->
          throw new UnsupportedException(
              "a tensor of type " + type.keras() + ": Graft has none. Use int32.");
    };
  }

  /** The static shape and type of a tensor in a graph. */
  static Spec spec(Operand<?> tensor) {
    Class<?> type = tensor.type();
    DType dtype =
        type == TInt32.class
            ? DType.INT32
            : type == TInt64.class
                ? DType.INT64
                : type == TUint8.class
                    ? DType.UINT8
                    : type == TBool.class
                        ? DType.BOOL
                        : type == TString.class
                            ? DType.STRING
                            : type == TFloat64.class
                                ? DType.FLOAT64
                                : type == TFloat16.class
                                    ? DType.FLOAT16
                                    : type == TBfloat16.class ? DType.BFLOAT16 : DType.FLOAT32;
    return new Spec(tensor.shape(), dtype);
  }
}
