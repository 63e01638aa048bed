package dev.clodo.model;

import java.time.Instant;

/** An event with its place in a run's journal; {@code sequence} counts from 1 without gaps. */
public record JournalEntry(long sequence, Instant at, Event event) {}
