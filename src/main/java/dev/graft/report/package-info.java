/**
 * What a run looks like to people: the progress on a console, figures computed from predictions,
 * CSV, TensorBoard, pictures and the one-page report.
 *
 * <p>Way in: plain records, such as {@link dev.graft.train.History} and {@link
 * dev.graft.report.Evaluation}. Way out: text and files. Nothing here trains or decides anything.
 */
package dev.graft.report;
