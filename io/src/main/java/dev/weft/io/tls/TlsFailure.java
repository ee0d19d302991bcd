package dev.weft.io.tls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * Exceptions of the JDK's engine, with a message that names the peer and the cure. The type stays; the original is the
 * cause.
 */
final class TlsFailure {
    private static final int SHOWN = 40;
    private static final String ALERT = "Received fatal alert: ";

    private TlsFailure() {}

    /**
     * A failure of the handshake.
     *
     * @param host the server to connect to; null on a server
     * @param rest what the peer sent and the engine did not consume
     */
    static SSLException inHandshake(Object stream, @Nullable String host, ByteBuffer rest, SSLException failure) {
        String begin = "TLS handshake of " + stream + " failed: ";
        if (failure instanceof Truncated) {
            return new SSLHandshakeException(
                    begin + "the peer closed the connection; it may speak no TLS on this port, or refuse what it was"
                            + " offered (protocols, cipher suites, server name)",
                    failure);
        }
        if (rest.hasRemaining() && !TlsInput.startsRecord(rest)) {
            return new SSLException(
                    begin + "the peer does not speak TLS, it sent \"" + printable(rest) + "\"; is this the right port?",
                    failure);
        }
        return like(failure, begin + explained(host == null ? "the client" : host, failure));
    }

    /** A failure after the handshake. */
    static SSLException inMidstream(Object stream, SSLException failure) {
        return like(failure, stream + " is broken: " + explained("the peer", failure));
    }

    private static String explained(String peer, SSLException failure) {
        String original = String.valueOf(failure.getMessage());
        int alert = original.indexOf(ALERT);
        if (alert >= 0) {
            String name = original.substring(alert + ALERT.length());
            return "the peer broke it off with the alert " + name + cureOf(name);
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String text = ofCertificate(peer, cause);
            if (!text.isEmpty()) {
                return text;
            }
        }
        return original;
    }

    private static String ofCertificate(String peer, Throwable cause) {
        if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
            return "the certificate of " + peer + " is not valid now (" + cause.getMessage()
                    + "); it has to be renewed, unless this machine's clock is wrong";
        }
        if (cause instanceof CertPathBuilderException) {
            return "the certificate of " + peer + " has no issuer that the SSLContext trusts (" + cause.getMessage()
                    + "); add its issuer to the trust store if it should be";
        }
        // HostnameChecker of the JDK has no exception of its own.
        if (cause.getClass() == CertificateException.class
                && String.valueOf(cause.getMessage()).startsWith("No ")) {
            return "the certificate is not one of " + peer + " (" + cause.getMessage()
                    + "); connect by a name that it lists, or let it list this one";
        }
        return "";
    }

    private static String cureOf(String alert) {
        return switch (alert) {
            case "certificate_required" ->
                ": it wants a certificate; give the SSLContext a key manager with one that it trusts";
            case "bad_certificate",
                    "certificate_unknown",
                    "unknown_ca",
                    "certificate_expired",
                    "unsupported_certificate" ->
                ": it does not accept this side's certificate, or wants one and got none";
            case "handshake_failure", "protocol_version", "insufficient_security" ->
                ": the two have no protocol version or cipher suite in common, or a certificate that it wants is missing";
            case "no_application_protocol" -> ": it speaks none of the application protocols that were offered";
            case "unrecognized_name" -> ": it knows no such server name";
            default -> "";
        };
    }

    private static SSLException like(SSLException failure, String message) {
        if (failure instanceof SSLHandshakeException) {
            return new SSLHandshakeException(message, failure);
        }
        if (failure instanceof SSLProtocolException) {
            return new SSLProtocolException(message, failure);
        }
        if (failure instanceof SSLPeerUnverifiedException) {
            SSLPeerUnverifiedException same = new SSLPeerUnverifiedException(message);
            same.initCause(failure);
            return same;
        }
        return new SSLException(message, failure);
    }

    private static String printable(ByteBuffer bytes) {
        byte[] shown = new byte[Math.min(SHOWN, bytes.remaining())];
        bytes.get(bytes.position(), shown);
        return new String(shown, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", ".");
    }
}
