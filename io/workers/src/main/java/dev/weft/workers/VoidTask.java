package dev.weft.workers;

import dev.weft.Action;
import java.io.Serializable;

/** A {@link Task} without a result. */
@FunctionalInterface
public interface VoidTask extends Action, Serializable {}
