package dev.weft.tasks;

import java.io.Serializable;
import java.util.List;

/** The code of a command of a {@link TaskInterpreter}. On processes it is bound by the rules of {@link dev.weft.workers.Task}. */
@FunctionalInterface
public interface TaskCommand extends Serializable {
    /** Does what {@link TaskBody#run} does, with the words that follow the command's name. */
    void run(List<String> arguments, TaskOutput output) throws Exception;
}
