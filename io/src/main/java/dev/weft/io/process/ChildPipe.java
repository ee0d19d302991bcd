package dev.weft.io.process;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A pipe between this process and a child. The child gets one end by redirection; a selector watches the other.
 *
 * <p>A selector cannot watch the pipes of {@link Process}. It can watch those of {@link Pipe}, but a child can be redirected to
 * one only by file name. On Linux every pipe has one, {@code /proc/self/fd/N}. N is found by comparing this process's pipes
 * before and after opening one. If another thread opens a pipe at the same moment, there are two new ones and the attempt is
 * repeated.
 */
final class ChildPipe implements Closeable {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int ATTEMPTS = 16;

    private final Pipe pipe;
    private final File name;

    private ChildPipe(Pipe pipe, File name) {
        this.pipe = pipe;
        this.name = name;
    }

    /** Opens a pipe, or returns empty if that is not possible. Blocks for a few microseconds per open descriptor. */
    static Optional<ChildPipe> open() throws IOException {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return Optional.empty();
        }
        synchronized (ChildPipe.class) { // concurrent callers would see each other's pipes
            for (int i = 0; i < ATTEMPTS; i++) {
                Optional<ChildPipe> found = tryOpen();
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<ChildPipe> tryOpen() throws IOException {
        Map<String, Path> before = pipes();
        Pipe pipe = Pipe.open();
        try {
            Map<String, Path> added = pipes();
            added.keySet().removeAll(before.keySet());
            if (added.size() == 1) {
                Path descriptor = added.values().iterator().next();
                return Optional.of(new ChildPipe(pipe, descriptor.toFile()));
            }
        } catch (Throwable t) {
            close(pipe);
            throw t;
        }
        close(pipe);
        return Optional.empty();
    }

    /** Returns the pipes of this process: the identity of each, and one of its descriptors. */
    private static Map<String, Path> pipes() throws IOException {
        Map<String, Path> pipes = new HashMap<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                String target = target(descriptor);
                if (target.startsWith("pipe:")) {
                    pipes.put(target, descriptor);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return pipes;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed in the meantime
        }
    }

    /** Returns the file to redirect to or from. Valid while both ends are open. */
    File name() {
        return name;
    }

    /** Closes the child's end and returns this side's end of a pipe that the child reads from. */
    Pipe.SinkChannel sink() throws IOException {
        pipe.source().close();
        return pipe.sink();
    }

    /** Closes the child's end and returns this side's end of a pipe that the child writes to. */
    Pipe.SourceChannel source() throws IOException {
        pipe.sink().close();
        return pipe.source();
    }

    @Override
    public void close() throws IOException {
        close(pipe);
    }

    private static void close(Pipe pipe) throws IOException {
        pipe.source().close();
        pipe.sink().close();
    }

    @Override
    public String toString() {
        return "pipe " + name;
    }
}
