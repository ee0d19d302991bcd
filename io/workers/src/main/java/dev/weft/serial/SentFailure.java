package dev.weft.serial;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** A failure under way: what it shows of itself, and its bytes as an object, if it has any. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SentFailure(RecordedFailure[] graph, byte @Nullable [] object) implements Serializable {}
