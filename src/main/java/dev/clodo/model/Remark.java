package dev.clodo.model;

/** Something odd in what is said to Clodo itself; it changes no answer. */
public record Remark(Location at, String message) {}
