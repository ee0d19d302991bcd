package dev.weft.io.automatic;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** A key and a certificate of 127.0.0.1 that signs itself, made by the JDK's {@code keytool} when first asked for. */
final class Certificate {
    private static final char[] PASSWORD = "not secret".toCharArray();
    private static final int HANDSHAKES = 20;
    private static final KeyStore KEYS = make();

    private Certificate() {}

    /** Loaded when it is first asked for; not by the outer class, for whose methods another thread would wait then. */
    private static final class FirstHandshake {
        static final boolean IS_DONE = shakeHands();
    }

    /** For servers that have the certificate and for clients that trust it and no other. */
    static SSLContext context() {
        if (!FirstHandshake.IS_DONE) {
            throw new IllegalStateException("TLS does not work on this JVM");
        }
        return newContext();
    }

    private static SSLContext clientContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust().getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no TLS context", e);
        }
    }

    private static SSLContext newContext() {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(KEYS, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust().getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no TLS context", e);
        }
    }

    /** For clients that want to have it apart. */
    static X509TrustManager trustManager() {
        try {
            return (X509TrustManager) trust().getTrustManagers()[0];
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no trust manager", e);
        }
    }

    private static TrustManagerFactory trust() throws GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(KEYS);
        return trust;
    }

    private static KeyStore make() {
        try {
            Path folder = Files.createTempDirectory("weft-certificate-");
            Path file = folder.resolve("keys.p12");
            try {
                keytool(file);
                KeyStore keys = KeyStore.getInstance("PKCS12");
                try (InputStream in = Files.newInputStream(file)) {
                    keys.load(in, PASSWORD);
                }
                java.security.cert.Certificate own = keys.getCertificate("server");
                keys.setCertificateEntry("trusted", own);
                return keys;
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot make a certificate", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while making a certificate", e);
        }
    }

    /** The first handshakes of a JVM load hundreds of classes and compute in the interpreter: not on a loop under test. */
    private static boolean shakeHands() {
        SSLContext server = newContext();
        InetAddress host = InetAddress.getLoopbackAddress();
        try (ServerSocket listener = server.getServerSocketFactory().createServerSocket(0, 1, host)) {
            for (int i = 0; i < HANDSHAKES; i++) {
                SSLSocketFactory clients = clientContext().getSocketFactory(); // a new one resumes no session
                try (Socket client = clients.createSocket(host, listener.getLocalPort());
                        Socket accepted = listener.accept()) {
                    Thread writer = Thread.ofPlatform().start(() -> write(client));
                    accepted.getInputStream().read();
                    writer.join();
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void write(Socket client) {
        try {
            client.getOutputStream().write(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void keytool(Path file) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(Objects.requireNonNull(System.getProperty("java.home")), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "SAN=IP:127.0.0.1,DNS:localhost",
                        "-keyalg",
                        "EC",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool failed: " + output);
        }
    }
}
