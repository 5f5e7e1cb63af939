/**
 * A typed view on JSON that comes from people and from model files.
 *
 * <p>Way in: {@link dev.graft.config.Config#parse} and {@link dev.graft.config.Config#read}. A
 * {@link dev.graft.config.Config} knows its own place in the file, so every error names it, and
 * remembers which keys were asked for, so that {@link dev.graft.config.Config#done} can refuse a
 * key nobody understood and name the nearest known one. Way out: {@link dev.graft.config.Json}.
 */
package dev.graft.config;
