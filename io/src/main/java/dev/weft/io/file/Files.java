package dev.weft.io.file;

import dev.weft.io.Lines;
import dev.weft.io.offload.InputPump;
import dev.weft.io.offload.OffloadedCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * File operations for greenlets: those of {@link java.nio.file.Files}, with the same names, options and exceptions,
 * off-loaded so that the loop goes on. Most code needs only another import.
 *
 * <pre>{@code
 * String text = Files.readString(path);
 * try (Lines lines = Files.lines(log)) {
 *     for (String line : lines) { ... }
 * }
 * try (OutputStream out = Files.output(report)) { ... }
 * }</pre>
 *
 * <p>All methods may be called anywhere: a greenlet yields, any other thread blocks. At most {@value
 * #MAX_CONCURRENT_CALLS} calls run at a time in the JVM, on the threads of {@link dev.weft.Weft#offload}; further ones
 * wait in order. An off-load costs 10 to 20 microseconds, so streams transfer up to 256 KiB with each, and need no
 * further buffering. Exceptions are those of the JDK; their stack traces show the caller below the call.
 *
 * <p><b>Kill and deadline.</b> A call that has not begun never happens. A call that runs is waited for, as long as the
 * disk takes, and its result is kept: nothing happens behind the greenlet's back, and no buffer is written to later.
 * There are two exceptions: reading a whole file is abandoned at once, and a copy is interrupted. {@code close} always
 * works.
 *
 * <p><b>Special files</b> (FIFOs, terminals, devices) may block forever. They are detected when they are opened; each
 * call has a thread of its own, and a kill always ends the wait. An abandoned open continues until the other side of
 * the FIFO is opened, and then closes the file; while {@value #MAX_ABANDONED} of those hang, no more are begun. What an
 * abandoned read brings is there for the next read. A killed write closes the stream.
 */
public final class Files {
    /** How many calls on files run at a time in the JVM. */
    public static final int MAX_CONCURRENT_CALLS = 32;

    /** How many abandoned opens of special files may hang at a time. */
    public static final int MAX_ABANDONED = OffloadedCalls.MAX_ABANDONED;

    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ);
    private static final OpenOption[] TO_WRITE = {
        StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE
    };

    private static final Optional<CopyOption> INTERRUPTIBLE = interruptibleOption();

    private Files() {}

    /** A call on files that blocks. */
    @FunctionalInterface
    public interface Call<T> {
        /** Makes the call. */
        T call() throws IOException;
    }

    /** Opens {@code path} for access at positions, as {@link FileChannel#open(Path, OpenOption...)} does. */
    public static OpenFile open(Path path, OpenOption... options) throws IOException {
        return new OpenFile(ClassifiedFile.open(path, Set.of(options)).channel(), path);
    }

    /**
     * Opens {@code path} for sequential reading. The stream is buffered, and for one greenlet at a time; a second one
     * gets {@link dev.weft.Busy}. Closing it does not wait.
     */
    public static InputStream input(Path path) throws IOException {
        ClassifiedFile opened = ClassifiedFile.open(path, READ);
        FileChannel channel = opened.channel();
        return opened.kind() == ClassifiedFile.Kind.REGULAR
                ? new FileInput(channel, path)
                : new InputPump(new ChannelSource(channel), path.toString());
    }

    /** A special file, read by the thread of the pump. */
    private record ChannelSource(FileChannel channel) implements InputPump.Source {
        @Override
        public int read(byte[] target) throws IOException {
            return channel.read(ByteBuffer.wrap(target));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /**
     * Opens {@code path} for writing; without {@code options} it is created, or truncated. The stream is buffered, and
     * for one greenlet at a time. Its {@code close} writes the rest, and throws if that fails; for a regular file it
     * does so even in a greenlet that was killed.
     */
    public static OutputStream output(Path path, OpenOption... options) throws IOException {
        return new FileOutput(ClassifiedFile.open(path, toWrite(options)), path);
    }

    private static Set<OpenOption> toWrite(OpenOption... options) {
        Set<OpenOption> given = Set.of(options.length == 0 ? TO_WRITE : options);
        if (given.contains(StandardOpenOption.READ)) {
            throw new IllegalArgumentException("READ is not for output; Files.open gives a file for both");
        }
        if (given.contains(StandardOpenOption.WRITE) || given.contains(StandardOpenOption.APPEND)) {
            return given;
        }
        OpenOption[] more = Arrays.copyOf(options, options.length + 1);
        more[options.length] = StandardOpenOption.WRITE;
        return Set.of(more);
    }

    /** The lines of a file in UTF-8, of which only a chunk is in memory at a time. Must be closed. */
    public static Lines lines(Path path) throws IOException {
        return Lines.of(input(path));
    }

    /** As {@link #lines(Path)}, in {@code charset}; see {@link Lines#of(InputStream, Charset)}. */
    public static Lines lines(Path path, Charset charset) throws IOException {
        InputStream input = input(path);
        try {
            return Lines.of(input, charset);
        } catch (IllegalArgumentException e) {
            input.close();
            throw e;
        }
    }

    /** All bytes of a file, with one off-load. */
    public static byte[] readAllBytes(Path path) throws IOException {
        Optional<byte[]> regular = OffloadedCalls.call(
                FileOffloads.ABANDONED,
                "read of",
                path,
                () -> ClassifiedFile.isSpecial(path)
                        ? Optional.empty()
                        : Optional.of(java.nio.file.Files.readAllBytes(path)));
        if (regular.isPresent()) {
            return regular.get();
        }
        try (InputStream input = input(path)) {
            return input.readAllBytes();
        }
    }

    /** The contents of a file as text in UTF-8; malformed bytes become U+FFFD. */
    public static String readString(Path path) throws IOException {
        return readString(path, StandardCharsets.UTF_8);
    }

    /** As {@link #readString(Path)}, in {@code charset}. */
    public static String readString(Path path, Charset charset) throws IOException {
        return new String(readAllBytes(path), charset);
    }

    /** Writes {@code bytes}, with one off-load; without {@code options} the file is created, or truncated. */
    public static void write(Path path, byte[] bytes, OpenOption... options) throws IOException {
        Set<OpenOption> toWrite = toWrite(options);
        boolean written = OffloadedCalls.call(
                FileOffloads.UNINTERRUPTED,
                "write to",
                path,
                () -> !ClassifiedFile.isSpecial(path) && writeRegular(path, bytes, toWrite));
        if (!written) {
            try (OutputStream output = output(path, options)) {
                output.write(bytes);
            }
        }
    }

    private static boolean writeRegular(Path path, byte[] bytes, Set<OpenOption> options) throws IOException {
        ByteBuffer source = ByteBuffer.wrap(bytes);
        try (FileChannel channel = FileChannel.open(path, options)) {
            while (source.hasRemaining()) {
                channel.write(source);
            }
        }
        return true;
    }

    /** As {@link #write}, for {@code text} in UTF-8. */
    public static void writeString(Path path, CharSequence text, OpenOption... options) throws IOException {
        write(path, text.toString().getBytes(StandardCharsets.UTF_8), options);
    }

    /** The entries of a directory. Must be closed. */
    @SuppressWarnings("StreamResourceLeak") // closed by the entries
    public static DirectoryEntries list(Path directory) throws IOException {
        return DirectoryEntries.of(directory, () -> java.nio.file.Files.list(directory));
    }

    /** {@code start} and everything below it, parents first. Must be closed. */
    @SuppressWarnings("StreamResourceLeak") // closed by the entries
    public static DirectoryEntries walk(Path start, FileVisitOption... options) throws IOException {
        return DirectoryEntries.of(start, () -> java.nio.file.Files.walk(start, options));
    }

    /** As {@link java.nio.file.Files#createDirectory}. */
    public static Path createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        return call("creation of", directory, () -> java.nio.file.Files.createDirectory(directory, attributes));
    }

    /** As {@link java.nio.file.Files#createDirectories}. */
    public static Path createDirectories(Path directory, FileAttribute<?>... attributes) throws IOException {
        return call("creation of", directory, () -> java.nio.file.Files.createDirectories(directory, attributes));
    }

    /** As {@link java.nio.file.Files#createTempDirectory(String, FileAttribute...)}. */
    public static Path createTempDirectory(String prefix, FileAttribute<?>... attributes) throws IOException {
        return call(
                "creation of a temporary directory",
                prefix,
                () -> java.nio.file.Files.createTempDirectory(prefix, attributes));
    }

    /** As {@link java.nio.file.Files#createTempFile(String, String, FileAttribute...)}. */
    public static Path createTempFile(String prefix, String suffix, FileAttribute<?>... attributes) throws IOException {
        return call(
                "creation of a temporary file",
                prefix + suffix,
                () -> java.nio.file.Files.createTempFile(prefix, suffix, attributes));
    }

    /** As {@link java.nio.file.Files#createTempFile(Path, String, String, FileAttribute...)}. */
    public static Path createTempFile(Path directory, String prefix, String suffix, FileAttribute<?>... attributes)
            throws IOException {
        return call(
                "creation of a temporary file in",
                directory,
                () -> java.nio.file.Files.createTempFile(directory, prefix, suffix, attributes));
    }

    /**
     * As {@link java.nio.file.Files#copy(Path, Path, CopyOption...)}. On the default file system a kill interrupts it
     * and removes the partial copy; on others it waits for the end.
     */
    public static Path copy(Path source, Path target, CopyOption... options) throws IOException {
        return OffloadedCalls.call(
                FileOffloads.INTERRUPTED,
                "copy of",
                source,
                () -> java.nio.file.Files.copy(source, target, interruptible(source, target, options)));
    }

    private static CopyOption[] interruptible(Path source, Path target, CopyOption... options) {
        if (INTERRUPTIBLE.isEmpty()
                || source.getFileSystem() != FileSystems.getDefault()
                || target.getFileSystem() != FileSystems.getDefault()) {
            return options;
        }
        CopyOption[] more = Arrays.copyOf(options, options.length + 1);
        more[options.length] = INTERRUPTIBLE.get();
        return more;
    }

    /** A documented option of the JDK that code compiled without warnings cannot name. */
    private static Optional<CopyOption> interruptibleOption() {
        try {
            Object[] all = Class.forName("com.sun.nio.file.ExtendedCopyOption").getEnumConstants();
            return Arrays.stream(all)
                    .filter(option -> option.toString().equals("INTERRUPTIBLE"))
                    .map(CopyOption.class::cast)
                    .findFirst();
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    /** As {@link java.nio.file.Files#move}. */
    public static Path move(Path source, Path target, CopyOption... options) throws IOException {
        return call("move of", source, () -> java.nio.file.Files.move(source, target, options));
    }

    /** As {@link java.nio.file.Files#delete}. */
    public static void delete(Path path) throws IOException {
        OffloadedCalls.run(FileOffloads.UNINTERRUPTED, "deletion of", path, () -> java.nio.file.Files.delete(path));
    }

    /** As {@link java.nio.file.Files#deleteIfExists}. */
    public static boolean deleteIfExists(Path path) throws IOException {
        return call("deletion of", path, () -> java.nio.file.Files.deleteIfExists(path));
    }

    /** The size of a file in bytes. */
    public static long size(Path path) throws IOException {
        return call("size of", path, () -> java.nio.file.Files.size(path));
    }

    /** Whether the file exists and is accessible. */
    public static boolean exists(Path path, LinkOption... options) {
        try {
            return call("look at", path, () -> java.nio.file.Files.exists(path, options));
        } catch (IOException e) {
            return false; // does not happen: the JDK's method throws nothing
        }
    }

    /** Type, times and size of a file, with one off-load. */
    public static BasicFileAttributes attributes(Path path, LinkOption... options) throws IOException {
        return call(
                "look at", path, () -> java.nio.file.Files.readAttributes(path, BasicFileAttributes.class, options));
    }

    /**
     * Any other call that blocks for a file, under the same rules: {@code Files.call(() ->
     * java.nio.file.Files.getPosixFilePermissions(path))}. Several operations in one call save off-loads.
     */
    public static <T> T call(Call<T> call) throws IOException {
        return call("file call", call, call::call);
    }

    private static <T> T call(String verb, Object subject, OffloadedCalls.Blocking<T> call) throws IOException {
        return OffloadedCalls.call(FileOffloads.UNINTERRUPTED, verb, subject, call);
    }
}
