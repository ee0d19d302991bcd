package dev.weft.tasks;

import java.io.Serializable;

/** The code of a {@link NamedTask}. On processes it is bound by the rules of {@link dev.weft.workers.Task}. */
@FunctionalInterface
public interface TaskBody extends Serializable {
    /** Does the work, and writes what a person may want to know to {@code output}. */
    void run(TaskOutput output) throws Exception;
}
