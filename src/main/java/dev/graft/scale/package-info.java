/**
 * Several processes that train one network: how they meet, what they sum, and how they end.
 *
 * <p>Way in: a {@link dev.graft.scale.Cluster} says who belongs together, {@link
 * dev.graft.scale.Workers#join} waits for all of them. Way out: sessions on TensorFlow's own
 * distributed runtime, ops that sum a tensor over all workers, and small exchanges over a line of
 * Java's own, which also tells when a worker is gone. Nothing here knows networks or training;
 * whatever is written is written by worker 0, above this room.
 *
 * <p>TensorFlow's server cannot be stopped and its waits have no end, so no wait here is without a
 * time-out, and a process whose time-out does not help is ended.
 */
package dev.graft.scale;
