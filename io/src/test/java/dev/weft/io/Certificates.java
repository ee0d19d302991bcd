package dev.weft.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Certificates for tests, made once by the JDK's {@code keytool}: {@link #SERVER} for localhost and one.test, {@link #TWO} for
 * two.test, {@link #EXPIRED}, {@link #CLIENT}, all issued by {@link #AUTHORITY}; and {@link #STRANGER}, issued by itself.
 */
final class Certificates {
    static final String AUTHORITY = "authority";
    static final String SERVER = "server";
    static final String TWO = "two";
    static final String EXPIRED = "expired";
    static final String CLIENT = "client";
    static final String STRANGER = "stranger";

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final KeyStore ALL = make();

    private Certificates() {}

    /** A fresh context, without sessions to resume, that has the keys {@code names} and trusts the authority. */
    static SSLContext context(String... names) {
        return context(trusting(AUTHORITY), names);
    }

    /** As the other, with other trust. */
    static SSLContext context(TrustManager @Nullable [] trust, String... names) {
        try {
            KeyStore own = empty();
            for (String name : names) {
                own.setKeyEntry(name, ALL.getKey(name, PASSWORD), PASSWORD, ALL.getCertificateChain(name));
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX"); // chooses by the server name
            keys.init(own, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Managers that trust what {@code name} has issued. */
    static TrustManager[] trusting(String name) {
        try {
            KeyStore trusted = empty();
            trusted.setCertificateEntry(name, ALL.getCertificate(name));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            return trust.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The chain of {@code name} as a PEM file has it. */
    static String pemChain(String name) {
        try {
            StringBuilder pem = new StringBuilder();
            for (Certificate certificate : ALL.getCertificateChain(name)) {
                pem.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
            return pem.toString();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The private key of {@code name} as a PEM file has it. */
    static String pemKey(String name) {
        try {
            return pem("PRIVATE KEY", ALL.getKey(name, PASSWORD).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                + label + "-----\n";
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD);
        return store;
    }

    private static KeyStore make() {
        try {
            Path directory = Files.createTempDirectory("weft-certificates-");
            Path file = directory.resolve("all.p12");
            try {
                keytool(file, AUTHORITY, "-ext", "bc:c");
                keytool(file, SERVER, "-signer", AUTHORITY, "-ext", "san=dns:localhost,dns:one.test,ip:127.0.0.1");
                keytool(file, TWO, "-signer", AUTHORITY, "-ext", "san=dns:two.test");
                keytool(
                        file,
                        EXPIRED,
                        "-signer",
                        AUTHORITY,
                        "-ext",
                        "san=dns:localhost",
                        "-startdate",
                        "-9d",
                        "-validity",
                        "3");
                keytool(file, CLIENT, "-signer", AUTHORITY);
                keytool(file, STRANGER, "-ext", "san=dns:localhost");
                KeyStore store = KeyStore.getInstance("PKCS12");
                try (InputStream in = Files.newInputStream(file)) {
                    store.load(in, PASSWORD);
                }
                return store;
            } finally {
                Files.deleteIfExists(file);
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void keytool(Path file, String name, String... more) throws IOException, InterruptedException {
        Path home = Path.of(Objects.requireNonNull(System.getProperty("java.home")));
        List<String> command = new ArrayList<>(List.of(
                home.resolve("bin").resolve("keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD)));
        command.addAll(Arrays.asList(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(command + ": " + output);
        }
    }
}
