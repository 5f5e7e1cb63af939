/**
 * What leaves Graft for other programs: SavedModels, frozen graphs, the card that says where a
 * model came from, and the inputs and outputs with which each of them checks itself.
 *
 * <p>Way in: {@link dev.graft.export.SavedModelExport} writes what a {@link
 * dev.graft.network.Network} holds. Way back: {@link dev.graft.export.ServedModel} runs a
 * SavedModel or a frozen graph, whoever wrote it.
 */
package dev.graft.export;
