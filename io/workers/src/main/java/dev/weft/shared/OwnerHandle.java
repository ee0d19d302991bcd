package dev.weft.shared;

import java.io.Serializable;

/** Travels in place of a shared owner. */
record OwnerHandle(long number) implements Serializable {}
