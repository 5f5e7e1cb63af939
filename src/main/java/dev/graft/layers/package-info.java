/**
 * Keras layers, one record each, and the network they form, as plain data.
 *
 * <p>A {@link dev.graft.layers.Layer} knows its settings, its weight slots in Keras's order, its
 * output shapes, its TensorFlow ops and its Keras config. A {@link dev.graft.layers.Model} is a
 * directed acyclic graph of uses of layers. Nothing here holds native memory: a layer receives the
 * graph it writes to in a {@link dev.graft.layers.Call}.
 *
 * <p>Way in: {@link dev.graft.layers.Layers}, the table of class names. A new built-in layer is its
 * record plus one line there.
 */
package dev.graft.layers;
