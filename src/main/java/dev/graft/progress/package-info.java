/**
 * What long work says of itself while it runs.
 *
 * <p>Work that takes more than a second tells a {@link dev.graft.progress.Progress} listener what
 * it does. Rooms below only speak; who listens (a terminal bar, a log line an epoch, a test) is
 * decided above.
 */
package dev.graft.progress;
