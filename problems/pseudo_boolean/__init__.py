"""Functions of bit strings, the ground on which discrete search heuristics are analysed."""
