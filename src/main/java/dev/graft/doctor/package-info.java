/**
 * What this machine can do, tried and not guessed: {@code graft doctor}.
 *
 * <p>Way in: {@link dev.graft.doctor.Doctor#examine}. Way out: a {@link dev.graft.doctor.Report},
 * as text or plain data.
 */
package dev.graft.doctor;
