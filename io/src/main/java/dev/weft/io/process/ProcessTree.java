package dev.weft.io.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A process and its descendants, as far as they were seen: the JDK does not find descendants whose parent has ended.
 * All methods read {@code /proc} or the like, and must be off-loaded, one at a time.
 */
final class ProcessTree {
    private static final int ROUNDS = 8; // of discovery, for a tree that forks meanwhile

    private final Set<ProcessHandle> known = new LinkedHashSet<>();

    ProcessTree(ProcessHandle root) {
        known.add(root);
    }

    /** Asks all to end (SIGTERM). */
    void terminate() {
        discover();
        known.forEach(ProcessHandle::destroy);
    }

    /** Kills all (SIGKILL), including those started meanwhile. */
    void kill() {
        discover();
        known.forEach(ProcessHandle::destroyForcibly);
    }

    /** Whether all have ended. */
    boolean isEmpty() {
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

    /** A zombie, which its new parent has not reaped, still exists but does nothing. */
    private static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && !isZombie(process.pid());
    }

    private static boolean isZombie(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.startsWith(") Z", stat.lastIndexOf(')'));
        } catch (IOException e) {
            return false; // ended meanwhile, or there is no /proc
        }
    }

    @Override
    public String toString() {
        return "processes " + known.stream().map(ProcessHandle::pid).toList();
    }
}
