package dev.weft.io.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A process and the descendants seen so far. Descendants are remembered because the JDK does not find those whose parent has
 * ended. All methods read {@code /proc} or an equivalent, so they must be off-loaded, one call at a time.
 */
final class ProcessTree {
    private static final int ROUNDS = 8; // of discovery, because the tree may fork concurrently

    private final Set<ProcessHandle> known = new LinkedHashSet<>();

    ProcessTree(ProcessHandle root) {
        known.add(root);
    }

    /** Asks all processes to end (SIGTERM). */
    void terminate() {
        discover();
        known.forEach(ProcessHandle::destroy);
    }

    /** Kills all processes (SIGKILL), including those started in the meantime. */
    void kill() {
        discover();
        known.forEach(ProcessHandle::destroyForcibly);
    }

    /** Returns whether all processes have ended. */
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

    /** Returns whether the process is alive and not a zombie, which exists only because its parent has not reaped it. */
    private static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && !isZombie(process.pid());
    }

    private static boolean isZombie(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.startsWith(") Z", stat.lastIndexOf(')'));
        } catch (IOException e) {
            return false; // ended in the meantime, or there is no /proc
        }
    }

    @Override
    public String toString() {
        return "processes " + known.stream().map(ProcessHandle::pid).toList();
    }
}
