package dev.weft.shared;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What comes back for a request: an answer, or a failure in serialised form. */
@SuppressWarnings({"serial", "ArrayRecordComponent"}) // checked when it is written; never compared
record OwnerAnswer(@Nullable Object answer, byte @Nullable [] failure) implements Serializable {}
