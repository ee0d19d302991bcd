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
 * File operations for greenlets: those of {@link java.nio.file.Files}, with the same names, options and exceptions, off-loaded so
 * that the loop is not blocked. In most code it suffices to change the import.
 *
 * <pre>{@code
 * String text = Files.readString(path);
 * try (Lines lines = Files.lines(log)) {
 *     for (String line : lines) { ... }
 * }
 * try (OutputStream out = Files.output(report)) { ... }
 * }</pre>
 *
 * <p>All methods may be called anywhere: a greenlet yields, any other thread blocks. At most {@value #MAX_CONCURRENT_CALLS} calls
 * run concurrently in the JVM, on the threads of {@link dev.weft.Weft#offload}; further calls wait in FIFO order. An off-load
 * costs 10 to 20 microseconds, so streams transfer up to 256 KiB per off-load and need no further buffering. Exceptions are those
 * of the JDK; their stack traces show the caller below the call.
 *
 * <p><b>Kill and deadline.</b> A call that has not started is never made. A running call is waited for, however long the disk
 * takes, and its result is kept; nothing happens after the method has ended, and no buffer is modified later. There are two
 * exceptions: reading a whole file is abandoned immediately, and a copy is interrupted. {@code close} always works.
 *
 * <p><b>Special files</b> (FIFOs, terminals, devices) may block indefinitely. They are detected when opened. Each call on them
 * has its own thread, and a kill always ends the wait. An abandoned open continues until the other side of the FIFO is opened,
 * and then closes the file; while {@value #MAX_ABANDONED} such opens are blocked, no more are started. Input that an abandoned
 * read receives is kept for the next read. A killed write closes the stream.
 */
public final class Files {
    /** The maximum number of file calls that run concurrently in the JVM. */
    public static final int MAX_CONCURRENT_CALLS = 32;

    /** The maximum number of abandoned opens of special files that may be blocked at a time. */
    public static final int MAX_ABANDONED = OffloadedCalls.MAX_ABANDONED;

    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ);
    private static final OpenOption[] TO_WRITE = {
        StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE
    };

    private static final Optional<CopyOption> INTERRUPTIBLE = interruptibleOption();

    private Files() {}

    /** A blocking file operation. */
    @FunctionalInterface
    public interface Call<T> {
        /** Performs the operation. */
        T call() throws IOException;
    }

    /** Opens {@code path} for positional access, as {@link FileChannel#open(Path, OpenOption...)} does. */
    public static OpenFile open(Path path, OpenOption... options) throws IOException {
        return new OpenFile(ClassifiedFile.open(path, Set.of(options)).channel(), path);
    }

    /**
     * Opens {@code path} for sequential reading. The stream is buffered. It must be used by one greenlet at a time; a second one
     * gets {@link dev.weft.Busy}. Closing it does not wait.
     */
    public static InputStream input(Path path) throws IOException {
        ClassifiedFile opened = ClassifiedFile.open(path, READ);
        FileChannel channel = opened.channel();
        return opened.kind() == ClassifiedFile.Kind.REGULAR
                ? new FileInput(channel, path)
                : new InputPump(new ChannelSource(channel), path.toString());
    }

    /** A special file, read by the pump's thread. */
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
     * Opens {@code path} for writing. Without {@code options} the file is created, or truncated if it exists. The stream is
     * buffered and must be used by one greenlet at a time. Its {@code close} writes the buffered bytes and throws if that fails;
     * for a regular file it does so even in a greenlet that was killed.
     */
    public static OutputStream output(Path path, OpenOption... options) throws IOException {
        return new FileOutput(ClassifiedFile.open(path, toWrite(options)), path);
    }

    private static Set<OpenOption> toWrite(OpenOption... options) {
        Set<OpenOption> given = Set.of(options.length == 0 ? TO_WRITE : options);
        if (given.contains(StandardOpenOption.READ)) {
            throw new IllegalArgumentException("READ is not supported for output; use Files.open to read and write");
        }
        if (given.contains(StandardOpenOption.WRITE) || given.contains(StandardOpenOption.APPEND)) {
            return given;
        }
        OpenOption[] more = Arrays.copyOf(options, options.length + 1);
        more[options.length] = StandardOpenOption.WRITE;
        return Set.of(more);
    }

    /** Returns the lines of a file, decoded as UTF-8. Only a chunk is in memory at a time. Must be closed. */
    public static Lines lines(Path path) throws IOException {
        return Lines.of(input(path));
    }

    /** Returns the lines of a file, decoded as {@code charset}; see {@link Lines#of(InputStream, Charset)}. Must be closed. */
    public static Lines lines(Path path, Charset charset) throws IOException {
        InputStream input = input(path);
        try {
            return Lines.of(input, charset);
        } catch (IllegalArgumentException e) {
            input.close();
            throw e;
        }
    }

    /** Reads all bytes of a file in one off-load. */
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

    /** Reads a file as text, decoded as UTF-8; malformed input becomes U+FFFD. */
    public static String readString(Path path) throws IOException {
        return readString(path, StandardCharsets.UTF_8);
    }

    /** Reads a file as text, decoded as {@code charset}. */
    public static String readString(Path path, Charset charset) throws IOException {
        return new String(readAllBytes(path), charset);
    }

    /** Writes {@code bytes} in one off-load. Without {@code options} the file is created, or truncated if it exists. */
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

    /** Writes {@code text}, encoded in UTF-8, as {@link #write} does. */
    public static void writeString(Path path, CharSequence text, OpenOption... options) throws IOException {
        write(path, text.toString().getBytes(StandardCharsets.UTF_8), options);
    }

    /** Returns the entries of a directory. Must be closed. */
    @SuppressWarnings("StreamResourceLeak") // closed by the entries
    public static DirectoryEntries list(Path directory) throws IOException {
        return DirectoryEntries.of(directory, () -> java.nio.file.Files.list(directory));
    }

    /** Returns {@code start} and everything below it, parents first. Must be closed. */
    @SuppressWarnings("StreamResourceLeak") // closed by the entries
    public static DirectoryEntries walk(Path start, FileVisitOption... options) throws IOException {
        return DirectoryEntries.of(start, () -> java.nio.file.Files.walk(start, options));
    }

    /** Creates a directory; see {@link java.nio.file.Files#createDirectory}. */
    public static Path createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        return call("creation of", directory, () -> java.nio.file.Files.createDirectory(directory, attributes));
    }

    /** Creates a directory and its missing parents; see {@link java.nio.file.Files#createDirectories}. */
    public static Path createDirectories(Path directory, FileAttribute<?>... attributes) throws IOException {
        return call("creation of", directory, () -> java.nio.file.Files.createDirectories(directory, attributes));
    }

    /** Creates a temporary directory; see {@link java.nio.file.Files#createTempDirectory(String, FileAttribute...)}. */
    public static Path createTempDirectory(String prefix, FileAttribute<?>... attributes) throws IOException {
        return call(
                "creation of a temporary directory",
                prefix,
                () -> java.nio.file.Files.createTempDirectory(prefix, attributes));
    }

    /** Creates a temporary file; see {@link java.nio.file.Files#createTempFile(String, String, FileAttribute...)}. */
    public static Path createTempFile(String prefix, String suffix, FileAttribute<?>... attributes) throws IOException {
        return call(
                "creation of a temporary file",
                prefix + suffix,
                () -> java.nio.file.Files.createTempFile(prefix, suffix, attributes));
    }

    /** Creates a temporary file; see {@link java.nio.file.Files#createTempFile(Path, String, String, FileAttribute...)}. */
    public static Path createTempFile(Path directory, String prefix, String suffix, FileAttribute<?>... attributes)
            throws IOException {
        return call(
                "creation of a temporary file in",
                directory,
                () -> java.nio.file.Files.createTempFile(directory, prefix, suffix, attributes));
    }

    /**
     * Copies a file; see {@link java.nio.file.Files#copy(Path, Path, CopyOption...)}. On the default file system a kill
     * interrupts the copy and removes its partial result; on others it waits for completion.
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

    /** Returns a documented JDK option that cannot be referenced directly without a compiler warning. */
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

    /** Moves a file; see {@link java.nio.file.Files#move}. */
    public static Path move(Path source, Path target, CopyOption... options) throws IOException {
        return call("move of", source, () -> java.nio.file.Files.move(source, target, options));
    }

    /** Deletes a file; see {@link java.nio.file.Files#delete}. */
    public static void delete(Path path) throws IOException {
        OffloadedCalls.run(FileOffloads.UNINTERRUPTED, "deletion of", path, () -> java.nio.file.Files.delete(path));
    }

    /** Deletes a file if it exists; see {@link java.nio.file.Files#deleteIfExists}. */
    public static boolean deleteIfExists(Path path) throws IOException {
        return call("deletion of", path, () -> java.nio.file.Files.deleteIfExists(path));
    }

    /** Returns the size of a file in bytes. */
    public static long size(Path path) throws IOException {
        return call("size of", path, () -> java.nio.file.Files.size(path));
    }

    /** Returns whether the file exists and is accessible. */
    public static boolean exists(Path path, LinkOption... options) {
        try {
            return call("check of", path, () -> java.nio.file.Files.exists(path, options));
        } catch (IOException e) {
            return false; // cannot happen: the JDK's method does not throw
        }
    }

    /** Returns the type, times and size of a file, in one off-load. */
    public static BasicFileAttributes attributes(Path path, LinkOption... options) throws IOException {
        return call(
                "attributes of",
                path,
                () -> java.nio.file.Files.readAttributes(path, BasicFileAttributes.class, options));
    }

    /**
     * Makes any other blocking file call under the same rules: {@code Files.call(() ->
     * java.nio.file.Files.getPosixFilePermissions(path))}. Combining several operations in one call saves off-loads.
     */
    public static <T> T call(Call<T> call) throws IOException {
        return call("file call", call, call::call);
    }

    private static <T> T call(String operation, Object subject, OffloadedCalls.Blocking<T> call) throws IOException {
        return OffloadedCalls.call(FileOffloads.UNINTERRUPTED, operation, subject, call);
    }
}
