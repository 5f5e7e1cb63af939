package dev.graft.layers;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * A function whose result has the type that its argument {@code dtype} names, if it names one.
 * Every floating-point type is computed in float32.
 */
final class Casting implements Operations.Op {
  private static final String TYPE = "dtype";
  private static final Map<DType, Class<? extends TType>> KNOWN =
      Map.of(
          DType.FLOAT32, TFloat32.class,
          DType.INT32, TInt32.class,
          DType.INT64, TInt64.class,
          DType.UINT8, TUint8.class,
          DType.BOOL, TBool.class);

  private final Operations.Op function;

  /** Of {@code function}, whose results have another type. */
  Casting(Operations.Op function) {
    this.function = function;
  }

  /** Of {@code input} as it is. */
  static Casting of(String input) {
    return new Casting(
        new Operations.Op() {
          @Override
          public List<Spec> outputs(OpArguments a) {
            return List.of(a.spec(input));
          }

          @Override
          public List<Value> emit(Call call, OpArguments a) {
            return List.of(Value.of(call.tf().identity(a.tensor(input))));
          }
        });
  }

  private static DType type(OpArguments a) {
    DType wanted = DType.of(a.string(TYPE, null), a.function());
    if (!wanted.floating() && !KNOWN.containsKey(wanted)) {
      throw new dev.graft.error.UnsupportedException(
          a.function()
              + ": Graft has no element type "
              + wanted.keras()
              + " in graphs. Save the network with float32, int32, int64, uint8 or bool there.");
    }
    return wanted.floating() ? DType.FLOAT32 : wanted;
  }

  @Override
  public List<Spec> outputs(OpArguments a) {
    List<Spec> specs = function.outputs(a);
    return a.has(TYPE) ? specs.stream().map(spec -> spec.as(type(a))).toList() : specs;
  }

  @Override
  public List<Value> emit(Call call, OpArguments a) {
    List<Value> values = function.emit(call, a);
    return a.has(TYPE)
        ? values.stream().map(v -> cast(call.tf(), v.tensor(), KNOWN.get(type(a)))).toList()
        : values;
  }

  private static Value cast(Ops tf, Operand<?> tensor, Class<? extends TType> wanted) {
    return Value.of(tensor.type() == wanted ? tensor : tf.dtypes.cast(tensor, wanted));
  }
}
