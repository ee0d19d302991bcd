package dev.weft.bench.rival;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A source of this module on the way to something that runs: unpacked and compiled into a directory of the user's own, below
 * that for temporary files. It is named after a hash of the source, the command and the tool's version, so that the next
 * process finds what an earlier one has built.
 */
final class NativeBuild {
    /** In a command: the file with the source. */
    static final String SOURCE = "{source}";

    /** In a command: the directory with what was built. */
    static final String OUTPUT = "{output}";

    private static final String RESOURCES = "/dev/weft/bench/native/";

    private final String resource;
    private final List<String> compileCommand;

    /** @param compileCommand empty if there is nothing to compile */
    NativeBuild(String resource, List<String> compileCommand) {
        this.resource = resource;
        this.compileCommand = List.copyOf(compileCommand);
    }

    /** {@code word} of a command, with the paths filled in. */
    String filledIn(String word, Path output) {
        return word.replace(SOURCE, output.resolve(resource).toString()).replace(OUTPUT, output.toString());
    }

    /**
     * The directory with what was built, and the source; builds it if it is not there.
     *
     * @param version of what it is built with
     * @throws UncheckedIOException if it cannot be compiled; the message has what the compiler says
     */
    Path output(String version) {
        try {
            byte[] source = source();
            Path home = home();
            Path output = home.resolve(resource + "-" + hash(source, version));
            if (!Files.isDirectory(output)) {
                build(source, home, output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot build " + resource + ": " + e.getMessage(), e);
        }
    }

    private byte[] source() throws IOException {
        try (InputStream in = NativeBuild.class.getResourceAsStream(RESOURCES + resource)) {
            if (in == null) {
                throw new IOException("this jar does not have " + RESOURCES + resource);
            }
            return in.readAllBytes();
        }
    }

    /** Of this user alone: nobody else may put there what we would run. */
    private static Path home() throws IOException {
        String user = System.getProperty("user.name");
        Path home = Path.of(System.getProperty("java.io.tmpdir"), "weft-bench-" + user);
        if (!Files.isDirectory(home)) {
            Files.createDirectories(
                    home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        if (!Files.getOwner(home).getName().equals(user)) {
            throw new IOException(home + " belongs to " + Files.getOwner(home) + "; remove it, or set java.io.tmpdir");
        }
        return home;
    }

    /** Elsewhere first, so that a half-built one is never found. */
    private void build(byte[] source, Path home, Path output) throws IOException {
        Path draft = Files.createTempDirectory(home, "draft");
        try {
            Files.write(draft.resolve(resource), source);
            if (!compileCommand.isEmpty()) {
                Tool.run(compileCommand.stream()
                        .map(word -> filledIn(word, draft))
                        .toList());
            }
            Files.move(draft, output);
        } catch (IOException e) {
            discard(draft);
            if (!Files.isDirectory(output)) { // where another process was faster
                throw e;
            }
        }
    }

    private static void discard(Path draft) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(draft)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(draft);
    }

    private String hash(byte[] source, String version) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(source);
            digest.update((compileCommand + version).getBytes(UTF_8));
            return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
