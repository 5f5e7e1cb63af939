/**
 * A model as a native TensorFlow graph with a session.
 *
 * <p>{@link dev.graft.network.Network} emits a {@link dev.graft.layers.Model} once: variables named
 * {@code layer/weight}, and any number of {@link dev.graft.network.Path paths} (inference,
 * training, a part of the network) over the same variables. It owns native memory; close it.
 * Running a path is thread-safe, changing variables is not.
 */
package dev.graft.network;
