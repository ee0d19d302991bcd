package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.io.TcpServer;
import dev.weft.io.tls.Tls;
import dev.weft.io.tls.TlsStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * An echo server over TLS. To create a certificate for it:
 *
 * <pre>
 * keytool -genkeypair -alias localhost -keyalg EC -dname CN=localhost -ext san=dns:localhost -storetype PKCS12 \
 *         -keystore localhost.p12 -storepass changeit
 * </pre>
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar tls-echo PORT PKCS12_FILE PASSWORD}
 */
public final class TlsEcho {
    private TlsEcho() {}

    /** Arguments: the port to listen on, the PKCS12 file with the key, and its password. */
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        if (args.length != 3) {
            throw new IllegalArgumentException("tls-echo needs a port, a PKCS12 file and its password");
        }
        int port = Integer.parseInt(args[0]);
        Tls tls = Tls.of(context(Path.of(args[1]), args[2].toCharArray()));
        Weft.run(() -> {
            TcpServer server = TcpServer.start("127.0.0.1", port, socket -> echo(tls.server(socket)));
            System.out.println("listening on 127.0.0.1:" + server.port());
            server.join();
        });
    }

    private static void echo(TlsStream stream) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(16 * 1024); // at most one record
        while (stream.read(buffer.clear()) >= 0) {
            stream.write(buffer.flip());
        }
    }

    private static SSLContext context(Path file, char[] password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
