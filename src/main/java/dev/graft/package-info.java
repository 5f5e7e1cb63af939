/**
 * Graft in a few lines of Java: load a Keras network, put a head on, train, predict, save.
 *
 * <p>Way in: {@link dev.graft.Graft}. Everything here is a thin door to the rooms below.
 */
package dev.graft;
