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

/** A file that has been opened, and of which kind it is. */
record ClassifiedFile(FileChannel channel, Kind kind) {

    /** What is to be expected of a file's calls. */
    enum Kind {
        /** A call comes back as soon as the disk has answered. */
        REGULAR,
        /** A FIFO, a terminal, another device: a call may never come back. */
        SPECIAL
    }

    /** Opens {@code path}; may block for ever only if it is special, and a kill leaves that behind. */
    static ClassifiedFile open(Path path, Set<? extends OpenOption> options) throws IOException {
        Optional<FileChannel> regular = OffloadedCalls.call(
                FileOffloads.PATIENT,
                "opening of",
                path,
                () -> isSpecial(path) ? Optional.empty() : Optional.of(FileChannel.open(path, options)));
        return regular.isPresent()
                ? new ClassifiedFile(regular.get(), Kind.REGULAR)
                : new ClassifiedFile(openSpecial(path, options), Kind.SPECIAL);
    }

    private static FileChannel openSpecial(Path path, Set<? extends OpenOption> options) throws IOException {
        Late late = new Late();
        try {
            return OffloadedCalls.callApart(
                    "opening of special file", path, () -> late.keep(FileChannel.open(path, options)));
        } catch (Throwable t) {
            late.giveUp();
            throw t;
        }
    }

    /** Whether a call on {@code path} may block for ever. Blocks. */
    static boolean isSpecial(Path path) {
        try {
            return java.nio.file.Files.readAttributes(path, BasicFileAttributes.class)
                    .isOther();
        } catch (IOException e) {
            return false; // the call that follows will say what is wrong
        }
    }

    /** A channel that may be opened when nobody wants it any more. */
    private static final class Late {
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
