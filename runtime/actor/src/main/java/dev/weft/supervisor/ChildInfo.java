package dev.weft.supervisor;

import dev.weft.supervisor.ChildSpec.Restart;
import java.time.Duration;
import java.util.Optional;

/**
 * What a supervisor knows of one of its children; a snapshot.
 *
 * @param id its name, unique in its supervisor
 * @param state what it is doing
 * @param inState for how long it has been in that state, by the clock of its supervisor's loop
 * @param restart when it is restarted
 * @param isSignificant whether it counts for the automatic shutdown
 * @param restarts how often it has been restarted
 * @param child what runs; empty if nothing does. A child that is a {@link Supervisor} can be asked for its own children
 */
public record ChildInfo(
        String id,
        State state,
        Duration inState,
        Restart restart,
        boolean isSignificant,
        long restarts,
        Optional<Child> child) {
    /** What a child is doing. */
    public enum State {
        /** It has been started, and is not up yet. */
        STARTING,
        /** It is up. */
        RUNNING,
        /** It has ended, or could not be started, and will be started again. */
        RESTARTING,
        /** It was asked to stop, or killed, and has not ended yet. */
        STOPPING,
        /** It has ended, and will not be started by itself. */
        STOPPED
    }
}
