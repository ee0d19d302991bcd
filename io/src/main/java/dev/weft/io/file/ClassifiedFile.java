package dev.weft.io.file;

import dev.weft.io.offload.OffloadedCalls;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An open file, and whether calls on it may block indefinitely. */
record ClassifiedFile(FileChannel channel, Kind kind) {

    /** How the calls on a file behave. */
    enum Kind {
        /** Calls return when the disk responds. */
        REGULAR,
        /** A FIFO, a terminal or another device: calls may never return. */
        SPECIAL
    }

    /** Opens {@code path}. May block indefinitely only for a special file; a kill abandons such a call. */
    static ClassifiedFile open(Path path, Set<? extends OpenOption> options) throws IOException {
        Optional<FileChannel> regular = OffloadedCalls.call(
                FileOffloads.UNINTERRUPTED,
                "opening of",
                path,
                () -> isSpecial(path) ? Optional.empty() : Optional.of(FileChannel.open(path, options)));
        return regular.isPresent()
                ? new ClassifiedFile(regular.get(), Kind.REGULAR)
                : new ClassifiedFile(openSpecial(path, options), Kind.SPECIAL);
    }

    private static FileChannel openSpecial(Path path, Set<? extends OpenOption> options) throws IOException {
        LateChannel late = new LateChannel();
        try {
            return OffloadedCalls.callOnOwnThread(
                    "opening of special file", path, () -> late.keep(FileChannel.open(path, options)));
        } catch (Throwable t) {
            late.giveUp();
            throw t;
        }
    }

    /** Returns whether calls on {@code path} may block indefinitely. Blocks briefly. */
    static boolean isSpecial(Path path) {
        try {
            return java.nio.file.Files.readAttributes(path, BasicFileAttributes.class)
                    .isOther();
        } catch (IOException e) {
            return false; // the following call reports the error
        }
    }

    /** Holds a channel that may be opened after the caller has stopped waiting. */
    private static final class LateChannel {
        private @Nullable FileChannel channel;
        private boolean unwanted;

        synchronized FileChannel keep(FileChannel opened) throws IOException {
            if (unwanted) {
                opened.close();
            }
            channel = opened;
            return opened;
        }

        synchronized void giveUp() throws IOException {
            unwanted = true;
            if (channel != null) {
                channel.close();
            }
        }
    }
}
