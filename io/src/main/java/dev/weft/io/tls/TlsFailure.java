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
 * Converts exceptions of the JDK's engine into exceptions of the same type whose message names the peer and suggests a remedy.
 * The original exception is the cause.
 */
final class TlsFailure {
    private static final int SHOWN = 40;
    private static final String ALERT = "Received fatal alert: ";

    private TlsFailure() {}

    /**
     * Returns the exception for a failed handshake.
     *
     * @param host the server's name; null on the server side
     * @param rest the bytes that the peer sent and the engine did not consume
     */
    static SSLException inHandshake(Object stream, @Nullable String host, ByteBuffer rest, SSLException failure) {
        String begin = "TLS handshake of " + stream + " failed: ";
        if (failure instanceof Truncated) {
            return new SSLHandshakeException(
                    begin
                            + "the peer closed the connection; it may not speak TLS on this port, or may have rejected the"
                            + " offered protocols, cipher suites or server name",
                    failure);
        }
        if (rest.hasRemaining() && !TlsInput.startsRecord(rest)) {
            return new SSLException(
                    begin + "the peer does not speak TLS; it sent \"" + printable(rest) + "\"; is this the right port?",
                    failure);
        }
        return like(failure, begin + explained(host == null ? "the client" : host, failure));
    }

    /** Returns the exception for a failure after the handshake. */
    static SSLException afterHandshake(Object stream, SSLException failure) {
        return like(failure, stream + " is broken: " + explained("the peer", failure));
    }

    private static String explained(String peer, SSLException failure) {
        String original = String.valueOf(failure.getMessage());
        int alert = original.indexOf(ALERT);
        if (alert >= 0) {
            String name = original.substring(alert + ALERT.length());
            return "the peer aborted it with the alert " + name + remedyFor(name);
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
            return "the certificate of " + peer + " is not currently valid (" + cause.getMessage()
                    + "); renew it, or check this machine's clock";
        }
        if (cause instanceof CertPathBuilderException) {
            return "the certificate of " + peer + " has no issuer that the SSLContext trusts (" + cause.getMessage()
                    + "); if it should be trusted, add its issuer to the trust store";
        }
        // The JDK's HostnameChecker has no exception type of its own.
        if (cause.getClass() == CertificateException.class
                && String.valueOf(cause.getMessage()).startsWith("No ")) {
            return "the certificate is not valid for " + peer + " (" + cause.getMessage()
                    + "); connect by a name that it lists, or reissue it with this name";
        }
        return "";
    }

    private static String remedyFor(String alert) {
        return switch (alert) {
            case "certificate_required" ->
                ": it requires a client certificate; give the SSLContext a key manager with one that the peer trusts";
            case "bad_certificate",
                    "certificate_unknown",
                    "unknown_ca",
                    "certificate_expired",
                    "unsupported_certificate" ->
                ": it rejected this side's certificate, or requires one and received none";
            case "handshake_failure", "protocol_version", "insufficient_security" ->
                ": no protocol version or cipher suite in common, or it requires a certificate and received none";
            case "no_application_protocol" -> ": it supports none of the offered application protocols";
            case "unrecognized_name" -> ": it does not recognise the server name";
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
