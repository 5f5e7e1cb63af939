/**
 * What goes wrong, in words a user can act on.
 *
 * <p>Every error Graft raises on purpose is a {@link dev.graft.error.GraftException}: one sentence
 * that says where, what was expected, what came and what to do. The command line prints that
 * sentence and exits with 2. Any other exception is a defect of Graft and exits with 1.
 */
package dev.graft.error;
