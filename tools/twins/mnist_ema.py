"""The work of graphs/mnist-ema.json, in TensorFlow 1's words: 784-500-10 with moving averages of its weights.

Gradient descent at 0.8, times 0.99 each epoch; the averages (decay 0.99 with the step) are what is
evaluated, as variables_to_restore() has it.
"""

import common

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
v1.disable_v2_behavior()

BATCH = 100


def inference(x, average=None):
    with v1.variable_scope("layer", reuse=average is not None):
        value = (lambda v: v) if average is None else average.average
        layer = x
        for name, size, activation in (("one", (784, 500), tf.nn.relu), ("two", (500, 10), tf.identity)):
            weights = v1.get_variable(f"weights_{name}", size, initializer=v1.truncated_normal_initializer(stddev=0.1))
            biases = v1.get_variable(f"biases_{name}", size[1:], initializer=v1.zeros_initializer())
            if average is None:
                v1.add_to_collection("losses", 1e-4 * tf.nn.l2_loss(weights))
            layer = activation(layer @ value(weights) + value(biases))
    return layer


def main():
    given = common.arguments(__doc__, epochs=10)
    v1.set_random_seed(given.seed)
    random = np.random.default_rng(given.seed)
    folder = given.data / "mnist" if (given.data / "mnist").exists() else given.data
    images, labels = common.idx(folder, "train")
    flat = images.reshape(-1, 784).astype(np.float32) / 255
    test_images, test_labels = common.idx(folder, "t10k")
    train_x, train_y = flat[5000:], labels[5000:]
    steps = len(train_x) // BATCH

    x, y = v1.placeholder(tf.float32, [None, 784]), v1.placeholder(tf.int64, [None])
    logits = inference(x)
    step = v1.train.get_or_create_global_step()
    averages = v1.train.ExponentialMovingAverage(0.99, step)
    averaging = averages.apply(v1.trainable_variables())
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    total = loss + tf.add_n(v1.get_collection("losses"))
    rate = v1.train.exponential_decay(0.8, step, steps, 0.99)
    descent = v1.train.GradientDescentOptimizer(rate).minimize(total, global_step=step)
    averaged = inference(x, averages)
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(averaged, 1), y), tf.float32))
    averaged_loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=averaged))

    results = common.Results()
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        with results.part("train") as part:
            for epoch in range(given.epochs):
                order = random.permutation(len(train_x))
                for i in range(steps):
                    rows = order[i * BATCH:(i + 1) * BATCH]
                    session.run([descent, averaging], {x: train_x[rows], y: train_y[rows]})
                print(epoch + 1, session.run(accuracy, {x: flat[:5000], y: labels[:5000]}), flush=True)
        part.tested(*session.run([averaged_loss, accuracy],
                                 {x: test_images.reshape(-1, 784).astype(np.float32) / 255, y: test_labels}))
    results.write(given.out)


if __name__ == "__main__":
    main()
