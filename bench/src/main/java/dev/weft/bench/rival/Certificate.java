package dev.weft.bench.rival;

import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate that signs itself, made by the JDK's {@code keytool} for each server process. */
final class Certificate {
    private static final String PASSWORD = "not secret";

    private Certificate() {}

    /** Returns a context for servers, with a new certificate. Takes about a second. */
    static SSLContext serverContext() {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(newKeys(), PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new BenchFailure("cannot create a certificate: " + e.getMessage(), e);
        }
    }

    private static KeyStore newKeys() throws GeneralSecurityException, IOException {
        Path directory = Files.createTempDirectory("weft-bench-");
        Path file = directory.resolve("keys.p12");
        try {
            Tool.run(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "server",
                    "-dname",
                    "CN=127.0.0.1",
                    "-keyalg",
                    "EC",
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    PASSWORD,
                    "-keystore",
                    file.toString()));
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                keys.load(in, PASSWORD.toCharArray());
            }
            return keys;
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }
}
