package dev.weft.io.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A process and what descends from it, so far as it was seen: one whose parent has gone is nobody's descendant any
 * more. All methods read {@code /proc}, or the like, and are to be off-loaded; one at a time.
 */
final class ProcessTree {
    private static final int ROUNDS = 8; // of looking again at one that forks faster than it is looked at

    private final Set<ProcessHandle> known = new LinkedHashSet<>();

    ProcessTree(ProcessHandle root) {
        known.add(root);
    }

    /** Asks all to end (SIGTERM). */
    void terminate() {
        discover();
        known.forEach(ProcessHandle::destroy);
    }

    /** Ends all (SIGKILL), also those that have come meanwhile. */
    void kill() {
        discover();
        known.forEach(ProcessHandle::destroyForcibly);
    }

    /** Whether none is left. */
    boolean isGone() {
        discover();
        return known.stream().noneMatch(ProcessTree::isRunning);
    }

    private void discover() {
        for (int round = 0; round < ROUNDS; round++) {
            Set<ProcessHandle> found = new LinkedHashSet<>();
            known.forEach(process -> process.descendants().forEach(found::add));
            if (!known.addAll(found)) {
                return;
            }
        }
    }

    /** One that has ended and whose new parent has not taken notice is still there, but does nothing any more. */
    private static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && !isZombie(process.pid());
    }

    private static boolean isZombie(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.startsWith(") Z", stat.lastIndexOf(')'));
        } catch (IOException e) {
            return false; // gone meanwhile, or no /proc
        }
    }

    @Override
    public String toString() {
        return "processes " + known.stream().map(ProcessHandle::pid).toList();
    }
}
