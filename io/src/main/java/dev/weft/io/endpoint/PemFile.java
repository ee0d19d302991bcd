package dev.weft.io.endpoint;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** The blocks of a file of certificates and keys (RFC 7468); text between them is ignored. */
final class PemFile {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    private final List<Block> blocks;

    private record Block(String label, String base64) {
        byte[] content() {
            return Base64.getMimeDecoder().decode(base64);
        }
    }

    private PemFile(List<Block> blocks) {
        this.blocks = blocks;
    }

    static PemFile read(String name) throws IOException {
        try {
            String text = Files.readString(Path.of(name), StandardCharsets.ISO_8859_1);
            return new PemFile(BLOCK.matcher(text)
                    .results()
                    .map(found -> new Block(found.group(1), found.group(2)))
                    .toList());
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new IOException("there is no such file; write the path of a PEM file", e);
        }
    }

    /** Returns its certificates, at least one. */
    List<X509Certificate> certificates() throws IOException, GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks) {
            if (block.label.equals("CERTIFICATE")) {
                certificates.add(
                        (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content())));
            }
        }
        if (certificates.isEmpty()) {
            throw new IOException("it has no block CERTIFICATE, only " + labels());
        }
        return certificates;
    }

    /** Returns its private key, which must be that of {@code certificate}. */
    PrivateKey privateKey(X509Certificate certificate) throws IOException, GeneralSecurityException {
        for (Block block : blocks) {
            if (block.label.equals("PRIVATE KEY")) {
                return KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
                        .generatePrivate(new PKCS8EncodedKeySpec(block.content()));
            }
        }
        throw new IOException(
                "it has no block PRIVATE KEY, only " + labels() + "; name another file with key=FILE, or convert"
                        + " a key of another kind with openssl pkcs8 -topk8 -nodes");
    }

    private List<String> labels() {
        return blocks.stream().map(Block::label).toList();
    }
}
