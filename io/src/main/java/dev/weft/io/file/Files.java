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
 * Files for greenlets: the verbs of {@link java.nio.file.Files}, with its names, options and exceptions, off-loaded so
 * that the loop goes on. Most code needs only another import.
 *
 * <pre>{@code
 * String text = Files.readString(path);
 * try (Lines lines = Files.lines(log)) {
 *     for (String line : lines) { ... }
 * }
 * try (OutputStream out = Files.output(report)) { ... }
 * }</pre>
 *
 * <p>All of it may be called anywhere: a greenlet yields, any other thread just blocks. At most {@value
 * #CALLS_AT_A_TIME} calls run at a time in the JVM, on the threads of {@link dev.weft.Weft#offload}; further ones wait
 * in turn. An off-load costs 10 to 20 microseconds, so streams read and write up to 256 KiB in each, and are not to be
 * buffered again. What is thrown is what the JDK throws, and its stack shows the caller below the call.
 *
 * <p><b>Kill and deadline.</b> What waits for its turn never happens. A call that runs is waited for, as long as the
 * disk takes, and its result is kept: nothing goes on behind the greenlet's back, and no buffer is written to later.
 * Exceptions: reading a whole file is left at once, and a copy is broken off. {@code close} is never refused.
 *
 * <p><b>Special files</b> (FIFOs, terminals, devices) may block for ever. They are told apart when they are opened,
 * each call has a thread of its own, and a kill always ends the wait: an opening that is given up goes on until the
 * other side of the FIFO is opened, and the file is closed then (when {@value #MOST_GIVEN_UP} of those hang, no more
 * are begun); a read leaves nothing behind but what it brings, which the next read gets; a killed write closes the
 * stream.
 */
public final class Files {
    /** How many calls on files run at a time in the JVM. */
    public static final int CALLS_AT_A_TIME = 32;

    /** How many openings of special files may hang that were given up. */
    public static final int MOST_GIVEN_UP = OffloadedCalls.MOST_LEFT_BEHIND;

    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ);
    private static final OpenOption[] TO_WRITE = {
        StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE
    };

    private static final Optional<CopyOption> INTERRUPTIBLE = interruptibleOption();

    private Files() {}

    /** A call on files that blocks. */
    @FunctionalInterface
    public interface Call<T> {
        /** Makes it. */
        T call() throws IOException;
    }

    // ---- open files and streams
    // --------------------------------------------------------------------------------------

    /** Opens {@code path} to be used at positions; as {@link FileChannel#open(Path, OpenOption...)}. */
    public static OpenFile open(Path path, OpenOption... options) throws IOException {
        return new OpenFile(ClassifiedFile.open(path, Set.of(options)).channel(), path);
    }

    /**
     * Opens {@code path} to be read from its beginning to its end. The stream is buffered, and for one greenlet at a
     * time; a second one gets {@link dev.weft.Busy}. Closing it does not wait.
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
     * Opens {@code path} to be written; without {@code options} it is created, or emptied. The stream is buffered, and
     * for one greenlet at a time. Its {@code close} writes the rest and reports if that fails; of a regular file it
     * does so even in a greenlet that has been killed.
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

    /** The lines of a file in UTF-8, of which only a chunk at a time is in memory. Close it. */
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

    // ---- whole files
    // -------------------------------------------------------------------------------------------------

    /** All bytes of a file, in one off-load. */
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

    /** All of a file as text in UTF-8; malformed bytes become U+FFFD. */
    public static String readString(Path path) throws IOException {
        return readString(path, StandardCharsets.UTF_8);
    }

    /** As {@link #readString(Path)}, in {@code charset}. */
    public static String readString(Path path, Charset charset) throws IOException {
        return new String(readAllBytes(path), charset);
    }

    /** Writes {@code bytes}; without {@code options} the file is created, or emptied first. In one off-load. */
    public static void write(Path path, byte[] bytes, OpenOption... options) throws IOException {
        Set<OpenOption> toWrite = toWrite(options);
        boolean written = OffloadedCalls.call(
                FileOffloads.PATIENT,
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

    /** As {@link #write}, of {@code text} in UTF-8. */
    public static void writeString(Path path, CharSequence text, OpenOption... options) throws IOException {
        write(path, text.toString().getBytes(StandardCharsets.UTF_8), options);
    }

    // ---- directories
    // -------------------------------------------------------------------------------------------------

    /** The entries of a directory. Close it. */
    @SuppressWarnings("StreamResourceLeak") // closed by the entries
    public static DirectoryEntries list(Path directory) throws IOException {
        return DirectoryEntries.of(directory, () -> java.nio.file.Files.list(directory));
    }

    /** {@code start} and all that is below it, parents first. Close it. */
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

    // ---- the file as a whole
    // -----------------------------------------------------------------------------------------

    /**
     * As {@link java.nio.file.Files#copy(Path, Path, CopyOption...)}. A kill breaks it off, and removes what there is
     * of the copy, on the default file system; on others it waits for the end.
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

    /** An option of the JDK that is documented, but not to be named in code that compiles without warnings. */
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
        OffloadedCalls.run(FileOffloads.PATIENT, "deletion of", path, () -> java.nio.file.Files.delete(path));
    }

    /** As {@link java.nio.file.Files#deleteIfExists}. */
    public static boolean deleteIfExists(Path path) throws IOException {
        return call("deletion of", path, () -> java.nio.file.Files.deleteIfExists(path));
    }

    /** How many bytes the file has. */
    public static long size(Path path) throws IOException {
        return call("size of", path, () -> java.nio.file.Files.size(path));
    }

    /** Whether the file exists and can be seen. */
    public static boolean exists(Path path, LinkOption... options) {
        try {
            return call("look at", path, () -> java.nio.file.Files.exists(path, options));
        } catch (IOException e) {
            return false; // the JDK's throws none
        }
    }

    /** Kind, times and size of a file, in one off-load. */
    public static BasicFileAttributes attributes(Path path, LinkOption... options) throws IOException {
        return call(
                "look at", path, () -> java.nio.file.Files.readAttributes(path, BasicFileAttributes.class, options));
    }

    // ---- anything else
    // -----------------------------------------------------------------------------------------------

    /**
     * Any other call that blocks for a file, on the same terms: {@code Files.call(() ->
     * java.nio.file.Files.getPosixFilePermissions(path))}. Several in one save the hops between.
     */
    public static <T> T call(Call<T> call) throws IOException {
        return call("file call", call, call::call);
    }

    private static <T> T call(String verb, Object subject, OffloadedCalls.Blocking<T> call) throws IOException {
        return OffloadedCalls.call(FileOffloads.PATIENT, verb, subject, call);
    }
}
