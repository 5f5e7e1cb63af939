/**
 * Networks made of networks: cut, graft, freeze; the applications as code; the summary table.
 *
 * <p>Everything takes and gives plain {@link dev.graft.layers.Model} data and changes nothing in
 * place.
 */
package dev.graft.model;
