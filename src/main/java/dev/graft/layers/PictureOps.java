package dev.graft.layers;

import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Functions on pictures and other grids: resizing, pooling, blocks, padding, repetition. */
final class PictureOps {
  private PictureOps() {}

  /** A function of one float32 tensor. */
  private abstract static class One implements Operations.Op {
    private final String input;

    One(String input) {
      this.input = input;
    }

    abstract Spec shape(Spec in, OpArguments a);

    abstract Operand<TFloat32> apply(Floats f, Operand<TFloat32> x, Spec in, OpArguments a);

    @Override
    public final List<Spec> outputs(OpArguments a) {
      return List.of(shape(a.spec(input).as(DType.FLOAT32), a));
    }

    @Override
    public final List<Value> emit(Call call, OpArguments a) {
      return List.of(Value.of(apply(Floats.of(call), a.floats(input), a.spec(input), a)));
    }
  }

  static void register(Operations to) {
    to.keras(
        "image.Resize images size interpolation antialias crop_to_aspect_ratio"
            + " pad_to_aspect_ratio fill_mode fill_value data_format",
        resize("interpolation"));
    to.tensorflow(
        "image.resize images size method preserve_aspect_ratio antialias", resize("method"));
    for (Pooling kind : Pooling.values()) {
      to.keras(
          "nn." + kind.word() + "Pool inputs pool_size strides padding data_format", pool(kind));
    }
    to.tensorflow(
        "nn.depth_to_space,compat.v1.depth_to_space input block_size data_format", blocks(false));
    to.tensorflow(
        "nn.space_to_depth,compat.v1.space_to_depth input block_size data_format", blocks(true));
    to.tensorflow(
        "nn.local_response_normalization,nn.lrn input depth_radius bias alpha beta",
        localResponse());
    to.keras("numpy.Pad x pad_width mode constant_values", pad("x", "pad_width"));
    to.tensorflow(
        "pad,compat.v1.pad tensor paddings mode constant_values", pad("tensor", "paddings"));
    to.keras("numpy.Tile x repeats", tile("x", "repeats"));
    to.tensorflow("tile input multiples", tile("input", "multiples"));
    to.keras("numpy.Repeat x repeats axis", repeat("x"));
    to.tensorflow("repeat input repeats axis", repeat("input"));
    to.keras("numpy.Take x indices axis", take("x", "indices"));
    to.tensorflow(
        "gather,compat.v1.gather params indices validate_indices axis batch_dims",
        take("params", "indices"));
    to.keras("core.Cast x dtype", new Casting("dtype"));
    to.keras("core.ConvertToTensor x dtype", new HandedOn());
    to.tensorflow("cast x dtype", new Casting("dtype"));
    to.keras("nn.OneHot x num_classes axis dtype sparse", oneHot("x", "num_classes"));
    to.tensorflow(
        "one_hot indices depth on_value off_value axis dtype", oneHot("indices", "depth"));
  }

  private static Operations.Op resize(String method) {
    return new One("images") {
      private Resizing layer(OpArguments a) {
        if (a.flag("preserve_aspect_ratio")) {
          throw new UnsupportedException("image.resize: Graft does not keep the aspect ratio.");
        }
        List<Integer> size = a.integers("size");
        return new Resizing(
            size.get(0),
            size.get(size.size() - 1),
            Interpolation.named(a.string(method, "bilinear")),
            a.flag("antialias"),
            Resizing.Fit.of(
                a.flag("crop_to_aspect_ratio"),
                a.flag("pad_to_aspect_ratio"),
                a.string("fill_mode", "constant"),
                a.number("fill_value", 0)),
            a.string("data_format", "channels_last").equals("channels_first"));
      }

      @Override
      Spec shape(Spec in, OpArguments a) {
        return layer(a).output(in);
      }

      @Override
      Operand<TFloat32> apply(Floats f, Operand<TFloat32> x, Spec in, OpArguments a) {
        return layer(a).resize(f, x, in);
      }
    };
  }

  private static Operations.Op pool(Pooling kind) {
    return new One("inputs") {
      private WindowPooling layer(Spec in, OpArguments a) {
        int rank = in.rank() - 2;
        List<Integer> size = each(a.integers("pool_size"), rank);
        List<Integer> strides = a.has("strides") ? each(a.integers("strides"), rank) : size;
        return new WindowPooling(
            kind,
            new Window(
                size,
                strides,
                Collections.nCopies(rank, 1),
                Padding.valueOf(a.string("padding", "valid").toUpperCase(Locale.ROOT)),
                a.string("data_format", "channels_last").equals("channels_first")));
      }

      @Override
      Spec shape(Spec in, OpArguments a) {
        return layer(in, a).output(in);
      }

      @Override
      Operand<TFloat32> apply(Floats f, Operand<TFloat32> x, Spec in, OpArguments a) {
        return layer(in, a).pool(f, x);
      }
    };
  }

  private static List<Integer> each(List<Integer> sizes, int rank) {
    return sizes.size() == 1 ? Collections.nCopies(rank, sizes.get(0)) : sizes;
  }

  private static Operations.Op blocks(boolean toDepth) {
    return new One("input") {
      @Override
      Spec shape(Spec in, OpArguments a) {
        int block = a.integer("block_size");
        if (!a.string("data_format", "NHWC").equals("NHWC")) {
          throw new UnsupportedException("depth_to_space: Graft has channels last only.");
        }
        long[] s = in.shape().asArray();
        for (int i = 1; i < 3; i++) {
          s[i] = s[i] < 0 ? -1 : toDepth ? s[i] / block : s[i] * block;
        }
        s[3] = toDepth ? s[3] * block * block : s[3] / ((long) block * block);
        return in.with(s);
      }

      @Override
      Operand<TFloat32> apply(Floats f, Operand<TFloat32> x, Spec in, OpArguments a) {
        long block = a.integer("block_size");
        return toDepth ? f.tf().nn.spaceToDepth(x, block) : f.tf().nn.depthToSpace(x, block);
      }
    };
  }

  /** As a product with a band matrix: TensorFlow's own gradient is wrong but for its defaults. */
  private static Operations.Op localResponse() {
    return new One("input") {
      @Override
      Spec shape(Spec in, OpArguments a) {
        in.known(-1, "local_response_normalization");
        return in;
      }

      @Override
      Operand<TFloat32> apply(Floats f, Operand<TFloat32> x, Spec in, OpArguments a) {
        int channels = (int) in.size(-1);
        int radius = a.integer("depth_radius", 5);
        float[][] band = new float[channels][channels];
        for (int i = 0; i < channels; i++) {
          for (int j = Math.max(0, i - radius); j <= Math.min(channels - 1, i + radius); j++) {
            band[i][j] = 1;
          }
        }
        Operand<TFloat32> rows = f.tf().reshape(f.square(x), f.ints(-1, channels));
        Operand<TFloat32> sums =
            f.tf().reshape(f.tf().linalg.matMul(rows, f.tf().constant(band)), f.tf().shape(x));
        Operand<TFloat32> base = f.add(f.mul(sums, a.number("alpha", 1)), a.number("bias", 1));
        return f.mul(x, f.tf().math.pow(base, f.constant(-a.number("beta", 0.5))));
      }
    };
  }

  private static Operations.Op pad(String input, String widths) {
    return new One(input) {
      private int[][] pairs(Spec in, OpArguments a) {
        List<Object> rows = a.list(widths);
        int[][] pairs = new int[in.rank()][2];
        for (int i = 0; i < pairs.length; i++) {
          Object row = rows.get(rows.size() == 1 ? 0 : i);
          List<?> pair = row instanceof List<?> list ? list : List.of(row);
          pairs[i][0] = ((Number) pair.get(0)).intValue();
          pairs[i][1] = ((Number) pair.get(pair.size() - 1)).intValue();
        }
        return pairs;
      }

      @Override
      Spec shape(Spec in, OpArguments a) {
        int[][] pairs = pairs(in, a);
        long[] sizes = in.shape().asArray();
        for (int i = 0; i < sizes.length; i++) {
          sizes[i] = sizes[i] < 0 ? -1 : sizes[i] + pairs[i][0] + pairs[i][1];
        }
        return in.with(sizes);
      }

      @Override
      Operand<TFloat32> apply(Floats f, Operand<TFloat32> x, Spec in, OpArguments a) {
        Operand<TInt32> pairs = f.tf().constant(pairs(in, a));
        String mode = a.string("mode", "constant").toUpperCase(Locale.ROOT);
        return switch (mode) {
          case "CONSTANT" -> f.tf().pad(x, pairs, f.constant(a.number("constant_values", 0)));
          case "REFLECT", "SYMMETRIC" -> f.tf().mirrorPad(x, pairs, mode);
          default -> throw new UnsupportedException("pad: Graft has no mode '" + mode + "'.");
        };
      }
    };
  }

  private static Operations.Op tile(String input, String times) {
    return new Rearrangement(input) {
      private List<Integer> times(Spec in, OpArguments a) {
        List<Integer> all = new ArrayList<>(a.integers(times));
        while (all.size() < in.rank()) {
          all.add(0, 1);
        }
        return all;
      }

      @Override
      Spec shape(Spec in, OpArguments a) {
        List<Integer> all = times(in, a);
        return in.with(
            IntStream.range(0, in.rank())
                .mapToLong(i -> in.size(i) < 0 ? -1 : in.size(i) * all.get(i))
                .toArray());
      }

      @Override
      <T extends TType> Operand<T> move(Ops tf, Operand<T> x, Spec in, OpArguments a) {
        return tf.tile(x, tf.constant(times(in, a).stream().mapToInt(n -> n).toArray()));
      }
    };
  }

  private static Operations.Op repeat(String input) {
    return new One(input) {
      @Override
      Spec shape(Spec in, OpArguments a) {
        int axis = Math.floorMod(a.integer("axis"), in.rank());
        long[] sizes = in.shape().asArray();
        sizes[axis] = sizes[axis] < 0 ? -1 : sizes[axis] * a.integer("repeats");
        return in.with(sizes);
      }

      @Override
      Operand<TFloat32> apply(Floats f, Operand<TFloat32> x, Spec in, OpArguments a) {
        int axis = Math.floorMod(a.integer("axis"), in.rank());
        int times = a.integer("repeats");
        Extent[] sizes = Extent.all(f.tf(), x, in);
        int[] tile =
            IntStream.range(0, in.rank() + 1).map(i -> i == axis + 1 ? times : 1).toArray();
        Operand<TFloat32> y = f.tf().tile(f.expand(x, axis + 1), f.ints(tile));
        sizes[axis] = sizes[axis].times(times);
        return f.reshape(y, sizes);
      }
    };
  }

  private static Operations.Op take(String input, String indices) {
    return new One(input) {
      @Override
      Spec shape(Spec in, OpArguments a) {
        if (a.integer("batch_dims", 0) != 0) {
          throw new UnsupportedException("gather: Graft has no batch_dims here.");
        }
        int axis = Math.floorMod(a.integer("axis", 0), in.rank());
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < in.rank(); i++) {
          if (i == axis) {
            for (long size : a.spec(indices).shape().asArray()) {
              sizes.add(size);
            }
          } else {
            sizes.add(in.size(i));
          }
        }
        return in.with(sizes.stream().mapToLong(Long::longValue).toArray());
      }

      @Override
      Operand<TFloat32> apply(Floats f, Operand<TFloat32> x, Spec in, OpArguments a) {
        Operand<TInt32> places = f.tf().dtypes.cast(a.floats(indices), TInt32.class);
        int axis = Math.floorMod(a.integer("axis", 0), in.rank());
        return f.tf().gather(x, places, f.tf().constant(axis));
      }
    };
  }

  private static Operations.Op oneHot(String input, String depth) {
    return new One(input) {
      @Override
      Spec shape(Spec in, OpArguments a) {
        if (a.integer("axis", -1) != -1) {
          throw new UnsupportedException("one_hot: Graft writes the classes along the last axis.");
        }
        long[] sizes = java.util.Arrays.copyOf(in.shape().asArray(), in.rank() + 1);
        sizes[in.rank()] = a.integer(depth);
        return in.with(sizes);
      }

      @Override
      Operand<TFloat32> apply(Floats f, Operand<TFloat32> x, Spec in, OpArguments a) {
        Operand<TInt32> places = f.tf().dtypes.cast(x, TInt32.class);
        return f.tf()
            .oneHot(
                places,
                f.tf().constant(a.integer(depth)),
                f.constant(a.number("on_value", 1)),
                f.constant(a.number("off_value", 0)));
      }
    };
  }
}
