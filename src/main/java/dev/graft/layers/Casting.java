package dev.graft.layers;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/** A change of type. Every floating-point type is computed in float32. */
final class Casting implements Operations.Op {
  private final String type;

  Casting(String type) {
    this.type = type;
  }

  private DType type(OpArguments a) {
    DType wanted = DType.of(a.string(type, "float32"), "cast");
    return wanted.floating() ? DType.FLOAT32 : wanted;
  }

  @Override
  public List<Spec> outputs(OpArguments a) {
    return List.of(a.spec("x").as(type(a)));
  }

  @Override
  public List<Value> emit(Call call, OpArguments a) {
    Map<DType, Class<? extends TType>> known =
        Map.of(
            DType.FLOAT32, TFloat32.class,
            DType.INT32, TInt32.class,
            DType.INT64, TInt64.class,
            DType.UINT8, TUint8.class,
            DType.BOOL, TBool.class);
    Class<? extends TType> wanted = known.get(type(a));
    if (wanted == null) {
      throw new dev.graft.error.UnsupportedException(
          "cast: Graft has no element type " + type(a).keras() + " in graphs.");
    }
    Operand<?> cast = call.tf().dtypes.cast(a.tensor("x"), wanted);
    return List.of(Value.of(cast));
  }
}
