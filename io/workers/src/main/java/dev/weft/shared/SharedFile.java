package dev.weft.shared;

import java.io.IOException;
import java.io.Serializable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A file that is mapped into the memory of several processes, in memory itself where the system has {@code /dev/shm}.
 *
 * <p>On Linux it loses its name as soon as it exists, and other processes open it as a descriptor of its creator, {@code
 * /proc/PID/fd/N}. So it ends with the last process that uses it, even if all of them are killed. Elsewhere it keeps its name
 * until it is closed.
 */
final class SharedFile implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Set<OpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final int ZEROS = 1024 * 1024;

    private final FileChannel channel;
    private final Reference reference;
    private final boolean isNamed;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    /**
     * Leads another process to the file.
     *
     * @param path where to open it
     * @param key the identity of the file, as a descriptor may have been reused
     * @param size its size in bytes
     */
    record Reference(String path, String key, long size) implements Serializable {
        /** Maps the file. The mapping ends when it is no longer reachable. */
        MemorySegment map() throws IOException {
            try (FileChannel channel =
                    FileChannel.open(Path.of(path), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                if (channel.size() == size && keyOf(Path.of(path)).equals(key)) {
                    return channel.map(FileChannel.MapMode.READ_WRITE, 0, size, Arena.ofAuto());
                }
            } catch (NoSuchFileException e) {
                // reported below
            }
            throw new IOException("the shared array at " + path
                    + " does not exist; its creator has closed it, has ended, or is on another machine");
        }
    }

    private SharedFile(FileChannel channel, Reference reference, boolean isNamed) throws IOException {
        this.channel = channel;
        this.reference = reference;
        this.isNamed = isNamed;
        segment = channel.map(FileChannel.MapMode.READ_WRITE, 0, reference.size, arena);
    }

    /** Creates a file of {@code size} zeros. Blocks for as long as it takes to write them. */
    static SharedFile create(long size) throws IOException {
        Path directory = directoryFor(size);
        Path file = directory.resolve("weft-" + UUID.randomUUID());
        FileChannel channel = FileChannel.open(file, NEW, ownersOnly(directory));
        try {
            String key = keyOf(file);
            Optional<Path> descriptor = descriptorOf(file);
            if (descriptor.isPresent()) {
                Files.delete(file);
            }
            fill(channel, size);
            String path = descriptor.orElse(file).toString();
            return new SharedFile(channel, new Reference(path, key, size), descriptor.isEmpty());
        } catch (Throwable t) {
            channel.close();
            Files.deleteIfExists(file);
            throw t;
        }
    }

    private static Path directoryFor(long size) throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        for (Path directory : List.of(MEMORY, temporary)) {
            if (Files.isWritable(directory) && Files.getFileStore(directory).getUsableSpace() > size) {
                return directory.toRealPath();
            }
        }
        throw new IOException("neither " + MEMORY + " nor " + temporary + " has room for " + size
                + " bytes; make room there, or share less");
    }

    private static FileAttribute<?>[] ownersOnly(Path directory) throws IOException {
        return Files.getFileStore(directory).supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static String keyOf(Path file) throws IOException {
        return String.valueOf(
                Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    }

    /** Returns the path by which other processes can open {@code file} after it has lost its name. */
    private static Optional<Path> descriptorOf(Path file) throws IOException {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                if (leadsTo(descriptor, file)) {
                    return Optional.of(Path.of(
                            "/proc",
                            String.valueOf(ProcessHandle.current().pid()),
                            "fd",
                            descriptor.getFileName().toString()));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean leadsTo(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (IOException e) {
            return false; // closed in the meantime
        }
    }

    /** Writes zeros, so that a full disk is an exception here and not a fault in the first access to a page. */
    private static void fill(FileChannel channel, long size) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(size, ZEROS));
        for (long left = size; left > 0; left -= zeros.limit()) {
            zeros.clear().limit((int) Math.min(left, zeros.capacity()));
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
        }
    }

    MemorySegment segment() {
        return segment;
    }

    Reference reference() {
        return reference;
    }

    /** Unmaps the file. Where it has a name, it loses it. */
    @Override
    public void close() throws IOException {
        arena.close();
        channel.close();
        if (isNamed) {
            Files.deleteIfExists(Path.of(reference.path));
        }
    }
}
