/**
 * A trained model behind HTTP, for trying it out and for small use.
 *
 * <p>Way in: {@link dev.graft.serve.ModelServer} opens a port for a {@link
 * dev.graft.export.ServedModel} and speaks the REST API of TensorFlow Serving, so that a client of
 * the one is a client of the other. Requests that wait at the same time are run as one batch. It is
 * built on Jetty's core server: limits, time-outs and graceful stop are kept there by people who do
 * nothing else.
 */
package dev.graft.serve;
