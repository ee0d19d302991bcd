package dev.weft.tasks;

import dev.weft.Cancelled;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.shared.SharedOwner;
import java.util.Map;
import java.util.Optional;

/** What a task writes to in a process: its output in the registry, which belongs to an owner there. */
@SuppressWarnings("serial") // the owner is replaced by its handle
final class RemoteOutput extends TaskOutput {
    private static final long serialVersionUID = 1L;

    private final SharedOwner<Map<Long, TaskOutput>> outputs;
    private final long number;

    RemoteOutput(SharedOwner<Map<Long, TaskOutput>> outputs, long number) {
        this.outputs = outputs;
        this.number = number;
    }

    /** Something that is written; sent to the owner. */
    private interface Entry extends SharedOwner.Question<Map<Long, TaskOutput>, Boolean, RuntimeException> {}

    @Override
    void begin() {
        long to = number;
        hasArrived(all -> {
            Optional.ofNullable(all.get(to)).ifPresent(TaskOutput::begin);
            return true;
        });
    }

    @Override
    void append(String line) {
        long to = number;
        hasArrived(all -> {
            Optional.ofNullable(all.get(to)).ifPresent(output -> output.append(line));
            return true;
        });
    }

    /** Waits until everything has arrived. */
    @Override
    @SuppressWarnings("StatementWithEmptyBody") // each try sends one more entry, behind the others
    void end() {
        while (!hasArrived(all -> true)) {}
    }

    /**
     * Sends {@code entry} and waits until it has arrived. A kill does not hold it up: if the thread is interrupted meanwhile, it arrives
     * later, before the next one, and the result is false.
     */
    private boolean hasArrived(Entry entry) {
        if (Suspension.isOnLoop()) {
            return Weft.shield(() -> outputs.ask(entry));
        }
        boolean interrupted = Thread.interrupted(); // else it would end the wait at once
        try {
            return outputs.ask(entry);
        } catch (Cancelled e) {
            interrupted = true;
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
