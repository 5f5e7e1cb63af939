/**
 * The native TensorFlow library: sessions and tensors.
 *
 * <p>Way in: {@link dev.graft.runtime.Settings} says how sessions run (threads, device, precision);
 * {@link dev.graft.runtime.Tensors} moves arrays in and out in one copy.
 */
package dev.graft.runtime;
