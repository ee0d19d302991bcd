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

/** An opened file, and whether its calls may block forever. */
record ClassifiedFile(FileChannel channel, Kind kind) {

    /** How the calls on a file behave. */
    enum Kind {
        /** A call returns when the disk has answered. */
        REGULAR,
        /** A FIFO, a terminal, another device: a call may never return. */
        SPECIAL
    }

    /** Opens {@code path}. Only for a special file can this block forever, and a kill abandons that. */
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

    /** Whether a call on {@code path} may block forever. This call blocks for a moment. */
    static boolean isSpecial(Path path) {
        try {
            return java.nio.file.Files.readAttributes(path, BasicFileAttributes.class)
                    .isOther();
        } catch (IOException e) {
            return false; // the call that follows reports what is wrong
        }
    }

    /** A channel that may be opened after the caller has given up. */
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
