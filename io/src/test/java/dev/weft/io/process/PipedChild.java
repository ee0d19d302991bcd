package dev.weft.io.process;

import java.io.IOException;

/** Children with each kind of pipe, for tests of other packages. */
public final class PipedChild {
    private PipedChild() {}

    /** One whose pipes the loop's selector watches. */
    public static ChildProcess selected(String... command) throws IOException {
        return ChildProcess.start(new ProcessBuilder(command), ProcessLauncher.Piping.SELECTED);
    }

    /** One whose pipes are read by threads. */
    public static ChildProcess pumped(String... command) throws IOException {
        return ChildProcess.start(new ProcessBuilder(command), ProcessLauncher.Piping.PUMPED);
    }
}
