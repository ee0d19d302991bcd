package dev.weft.workers;

import java.io.Serializable;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The code of a task. A lambda will do. For workers that are processes, what it captures is copied to the worker, and must be
 * serialisable; its result is copied back. So it must not capture {@code this} of a class that is not, nor change what it
 * captured. The class must be on the worker's class path, which is this program's.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface Task<T extends @Nullable Object> extends Callable<T>, Serializable {}
