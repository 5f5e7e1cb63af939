/**
 * The command line: one class a command.
 *
 * <p>The only room that prints results and ends the process. Results go to stdout, progress and
 * messages to stderr; the exit code is 0 when done, 2 for the user's mistake, 1 for a defect, 75
 * when started again it goes on, 130 when interrupted.
 */
package dev.graft.cli;
