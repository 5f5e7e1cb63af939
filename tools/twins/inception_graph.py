"""Freezes a Keras network into a GraphDef with the outside of TensorFlow's first Inception v3.

    inception_graph.py --out FILE [--application inception_v3] [--weights FILE] [--seed 42]

The contents of one image file go into `DecodeJpeg/contents`; it is resized, scaled to [-1, 1] in
`Mul` (for VGG16 turned into caffe's form behind it), and the mean of the last features comes out of
`pool_3/_reshape`, one row. Without --weights they are seeded.
"""

import argparse
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf
import tf_keras as keras
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

SIZES = {"inception_v3": 299, "vgg16": 224}


def network(application, size):
    make = {"inception_v3": keras.applications.InceptionV3, "vgg16": keras.applications.VGG16}[application]
    return make(include_top=False, weights=None, input_shape=(size, size, 3))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--application", default="inception_v3", choices=sorted(SIZES))
    parser.add_argument("--weights", type=pathlib.Path)
    parser.add_argument("--size", type=int)
    parser.add_argument("--seed", type=int, default=42)
    given = parser.parse_args()
    keras.utils.set_random_seed(given.seed)
    size = given.size or SIZES[given.application]
    model = network(given.application, size)
    if given.weights:
        model.load_weights(given.weights)

    @tf.function(input_signature=[tf.TensorSpec([1, size, size, 3])])
    def features(x):
        if given.application == "vgg16":
            x = (x[..., ::-1] * 128 + 128) - tf.constant([103.939, 116.779, 123.68])
        return model(x, training=False)

    frozen = convert_variables_to_constants_v2(features.get_concrete_function())
    with tf.Graph().as_default() as graph:
        contents = tf.compat.v1.placeholder(tf.string, [], name="DecodeJpeg/contents")
        pixels = tf.io.decode_jpeg(contents, channels=3, name="DecodeJpeg")
        batch = tf.expand_dims(tf.cast(pixels, tf.float32, name="Cast"), 0, name="ExpandDims")
        resized = tf.compat.v1.image.resize_bilinear(batch, [size, size], name="ResizeBilinear")
        x = tf.multiply(tf.subtract(resized, 128.0, name="Sub"), 1 / 128, name="Mul")
        last, = tf.import_graph_def(frozen.graph.as_graph_def(), {frozen.inputs[0].op.name: x},
                                    [frozen.outputs[0].name], name="mixed")
        pool = tf.reduce_mean(last, [1, 2], keepdims=True, name="pool_3")
        tf.reshape(pool, [1, model.output_shape[-1]], name="pool_3/_reshape")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_bytes(graph.as_graph_def().SerializeToString())
    print(f"{given.out}: {given.out.stat().st_size} bytes, {len(graph.as_graph_def().node)} nodes, "
          f"bottleneck of {model.output_shape[-1]}")


if __name__ == "__main__":
    main()
