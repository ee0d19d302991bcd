package dev.weft.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A program in a JVM of its own, on the test's class path. Every wait for it is bounded; closing it ends it. */
final class FreshJvm implements AutoCloseable {
    static final List<String> FLAGS = List.of(
            "--add-opens", "java.base/java.lang=ALL-UNNAMED", "--add-exports", "java.base/jdk.internal.vm=ALL-UNNAMED");
    static final String CLASS_PATH = Objects.requireNonNull(System.getProperty("java.class.path"));
    private static final int PATIENCE_SECONDS = 20;

    private final Path errors;
    private final Process process;
    private final BufferedReader output;

    private FreshJvm(List<String> command) throws IOException {
        errors = Files.createTempFile("weft-examples-", ".err");
        process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        output = process.inputReader();
    }

    /** Runs an example by its name, on this JDK, with the flags that Weft needs. */
    static FreshJvm example(String... args) throws IOException {
        return java(FLAGS, Examples.class.getName(), args);
    }

    /** Runs the main of {@code type}, on this JDK. */
    static FreshJvm java(List<String> flags, String type, String... args) throws IOException {
        return start(Path.of(Objects.requireNonNull(System.getProperty("java.home"))), flags, CLASS_PATH, type, args);
    }

    static FreshJvm start(Path javaHome, List<String> flags, String classPath, String type, String... args)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(javaHome.resolve("bin").resolve("java").toString());
        command.add("-Xmx256m");
        command.add("-XX:TieredStopAtLevel=1"); // it lives for a second
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, type));
        command.addAll(List.of(args));
        return new FreshJvm(command);
    }

    /** The next line that it prints. */
    String line() throws Exception {
        String line = CompletableFuture.supplyAsync(this::readLine).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line.isEmpty()) {
            throw new AssertionError("no more output; on standard error: " + Files.readString(errors));
        }
        return line;
    }

    private String readLine() {
        try {
            return Objects.requireNonNullElse(output.readLine(), "");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Sends {@code text} to its standard input, and the end of the input. */
    void type(String text) throws IOException {
        try (Writer input = process.outputWriter()) {
            input.write(text);
        }
    }

    /** The port in its line {@code listening on 127.0.0.1:PORT ...}. */
    int port() throws Exception {
        String line = line();
        String start = "listening on 127.0.0.1:";
        if (!line.startsWith(start)) {
            throw new AssertionError(line);
        }
        return Integer.parseInt(line.substring(start.length()).split(" ", 2)[0]);
    }

    /** A client of {@code port}, none of whose reads waits for ever. */
    static Socket client(int port) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout(PATIENCE_SECONDS * 1000);
        return client;
    }

    /** Makes a certificate for localhost in {@code file}, and gives what trusts it. */
    static KeyStore certificate(Path file, String password) throws Exception {
        Path home = Path.of(Objects.requireNonNull(System.getProperty("java.home")));
        Process keytool = new ProcessBuilder(
                        home.resolve("bin").resolve("keytool").toString(),
                        "-genkeypair",
                        "-alias",
                        "localhost",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        password)
                .redirectErrorStream(true)
                .start();
        String output = keytool.inputReader().lines().collect(Collectors.joining("\n"));
        if (keytool.waitFor() != 0) {
            throw new AssertionError(output);
        }
        KeyStore made = KeyStore.getInstance(file.toFile(), password.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("localhost", made.getCertificate("localhost"));
        return trusted;
    }

    /** Waits for its end, and gives the exit status. */
    int exitStatus() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still runs");
        }
        return process.exitValue();
    }

    /** Ends it from outside. */
    void destroy() throws InterruptedException {
        process.toHandle().destroy(); // process.destroy() would close the output, too
        exitStatus();
    }

    /** What it has printed to standard output since the last {@link #line}; to be asked when it has ended. */
    List<String> restOfOutput() {
        return output.lines().toList();
    }

    /** What it has printed to standard error so far. */
    List<String> errors() throws IOException {
        return Files.readAllLines(errors);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        output.close();
        Files.delete(errors);
    }
}
