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
 * A pipe of which a child process gets one end by redirection, and a selector the other.
 *
 * <p>The pipes of {@link Process} are known to no selector; those of {@link Pipe} are, but can be redirected to only by
 * a name. On Linux each has one, {@code /proc/self/fd/N}, and N is found by looking at which pipe is there that was not
 * there before. That may be two if another thread opens one at that moment: then it is tried again.
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

    /** A new one; empty where that is not to be had. Blocks, for some microseconds per open descriptor. */
    static Optional<ChildPipe> open() throws IOException {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return Optional.empty();
        }
        synchronized (ChildPipe.class) { // so that at least those who come here do not disturb each other
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

    /** The pipes of this process: what identifies each, and one of its descriptors. */
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
            return ""; // closed meanwhile
        }
    }

    /** What to redirect to, or from, while both ends are open. */
    File name() {
        return name;
    }

    /** The child has its end, which it reads from; this is ours. */
    Pipe.SinkChannel sink() throws IOException {
        pipe.source().close();
        return pipe.sink();
    }

    /** The child has its end, which it writes to; this is ours. */
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
