package dev.weft.cluster;

import dev.weft.cluster.jgroups.PromptTcp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import org.jgroups.JChannel;
import org.jgroups.protocols.BasicTCP;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FD_SOCK2;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.SERIALIZE;
import org.jgroups.protocols.SYM_ENCRYPT;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.TCP_NIO2;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.Protocol;
import org.jgroups.util.TLS;
import org.jgroups.util.TLSClientAuth;
import org.jspecify.annotations.Nullable;

/**
 * How nodes find and reach each other over TCP. A node that crashes is seen at once, one that stands still within twelve seconds, and
 * a partition that has healed within ten. Not thread-safe.
 *
 * <p>A node listens on two ports: {@code port} for messages, and one that is higher by {@link #DETECTION_PORT_OFFSET}, by whose connections
 * others see that its process has died. Nothing but the names and addresses of nodes is sent there, so that it is not encrypted.
 *
 * <p>Whoever can send to a node can make it run what the program allows. So a node that listens elsewhere than on loopback must be
 * given {@linkplain #tls certificates} or a {@linkplain #secret}, or it does not join.
 */
public final class TcpConfig {
    /** How much the port by which others see that a node has died is higher than the one it listens on. */
    public static final int DETECTION_PORT_OFFSET = 100;

    private static final long SILENCE_MILLIS = 8_000; // after which a node counts as lost
    private static final long HEARTBEAT_MILLIS = 1_500;
    private static final long VERIFICATION_MILLIS = 250; // in which one that seems lost may still answer

    private static final int SEND_BUFFERS = 2 * 1024; // for each node; two for each packet

    private static final String CIPHER = "ChaCha20-Poly1305"; // JGroups cannot give AES-GCM its parameters
    private static final int NONCE_BYTES = 12;
    private static final int KEY_ROUNDS = 210_000; // as OWASP advises; a tenth of a second

    private final String host;
    private final int port;
    private final List<String> peers = new ArrayList<>();
    private String nodeName;
    private @Nullable SSLContext tls;
    private @Nullable String secret;

    private TcpConfig(String host, int port) {
        this.host = Objects.requireNonNull(host, "host");
        this.port = port;
        nodeName = host + ":" + port;
    }

    /**
     * Returns a configuration of a node that listens on {@code host} and {@code port}. Port 0 stands for any that is free; {@link
     * Cluster#address} tells which it is.
     */
    public static TcpConfig on(String host, int port) {
        return new TcpConfig(host, port);
    }

    /**
     * Adds nodes, as {@code host:port}, at which the cluster is looked for. It is enough that one of them is there; this node may
     * be among them.
     *
     * @throws IllegalArgumentException if one does not have that form
     */
    public TcpConfig peers(String... addresses) {
        for (String address : addresses) {
            parse(address);
            peers.add(address);
        }
        return this;
    }

    /** Sets the name of this node; by default where it listens. */
    public TcpConfig nodeName(String name) {
        nodeName = Objects.requireNonNull(name, "name");
        return this;
    }

    /**
     * Encrypts all messages by TLS, and lets only those connect who have a certificate that {@code context} trusts; nor does this
     * node connect to others. Names in certificates are not looked at, so let {@code context} trust an authority that issues the
     * certificates of this cluster only.
     */
    public TcpConfig tls(SSLContext context) {
        tls = Objects.requireNonNull(context, "context");
        return this;
    }

    /**
     * Encrypts and authenticates all messages, by ChaCha20-Poly1305 with a key that follows from {@code text}. What comes from those
     * who do not know it is refused, so that a node with another secret stays alone. Whoever can record messages can try out secrets, so make it a long random one.
     * Someone between the nodes can hold back messages and repeat old ones, which {@link #tls} prevents.
     */
    public TcpConfig secret(String text) {
        if (text.length() < 16) {
            throw new IllegalArgumentException("the secret has " + text.length()
                    + " characters; take 16 or more, at random, as of `openssl rand -hex 16`");
        }
        secret = text;
        return this;
    }

    private static SecretKey keyOf(String secret) throws GeneralSecurityException {
        byte[] purpose = TcpConfig.class.getPackageName().getBytes(StandardCharsets.UTF_8);
        return new SecretKeySpec(
                SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                        .generateSecret(new PBEKeySpec(secret.toCharArray(), purpose, KEY_ROUNDS, 256))
                        .getEncoded(),
                "ChaCha20");
    }

    private static InetSocketAddress parse(String address) {
        int colon = address.lastIndexOf(':');
        try {
            return new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IllegalArgumentException("a peer must have the form host:port, not \"" + address + "\"", e);
        }
    }

    /** Returns what makes a channel with these settings. */
    Callable<JChannel> stack() {
        return () -> {
            InetAddress address = InetAddress.getByName(host);
            if (tls == null && secret == null) {
                Security.requireLoopback(address);
            }
            return new JChannel(protocols(address)).name(nodeName);
        };
    }

    /** Returns a port that is free, as is the one for detection. (JGroups does not look for one beside a list of peers.) */
    private static int freePort(InetAddress address) throws IOException {
        IOException taken = new IOException();
        for (int attempt = 0; attempt < 20; attempt++) {
            try (ServerSocket first = new ServerSocket(0, 1, address);
                    ServerSocket second = new ServerSocket(first.getLocalPort() + DETECTION_PORT_OFFSET, 1, address)) {
                return second.getLocalPort() - DETECTION_PORT_OFFSET;
            } catch (IOException | IllegalArgumentException e) {
                taken = new IOException("no two free ports on " + address + " are found", e);
            }
        }
        throw taken;
    }

    private List<Protocol> protocols(InetAddress address) throws Exception {
        BasicTCP tcp = connections();
        tcp.setBindAddress(address)
                .setBindPort(port == 0 ? freePort(address) : port)
                .setPortRange(0);
        tcp.tcpNodelay(true);
        // Each thread that a message passes costs a wake-up. Packets are bundled before; who receives only hands over.
        tcp.setBundlerType("no-bundler");
        tcp.setMessageProcessingPolicy("direct");
        tcp.useVirtualThreads(false); // theirs would be unparked by two other threads
        tcp.disableDiagnostics();
        List<Protocol> protocols = new ArrayList<>();
        protocols.add(tcp);
        if (secret != null) {
            protocols.add(new SYM_ENCRYPT()
                    .setSecretKey(keyOf(secret))
                    .symAlgorithm(CIPHER)
                    .symIvLength(NONCE_BYTES));
            protocols.add(new SERIALIZE()); // so that headers are encrypted, too
        }
        protocols.addAll(List.of(
                new TCPPING()
                        .setInitialHosts(peers.stream().map(TcpConfig::parse).toList())
                        .setPortRange(0),
                new MERGE3().setMinInterval(1_000).setMaxInterval(4_000),
                new FD_SOCK2().setBindAddress(address).setOffset(DETECTION_PORT_OFFSET),
                new FD_ALL3().setTimeout(SILENCE_MILLIS).setInterval(HEARTBEAT_MILLIS),
                new VERIFY_SUSPECT2().setTimeout(VERIFICATION_MILLIS),
                new NAKACK2(),
                new UNICAST3(),
                new STABLE(),
                new GMS().printLocalAddress(false).setJoinTimeout(1_000),
                new UFC(),
                new MFC(),
                new FRAG2()));
        return protocols;
    }

    /** Returns a transport that never blocks who sends. That by TLS takes a thread more in each direction. */
    private BasicTCP connections() {
        return tls == null
                ? new TCP_NIO2().setMaxSendBuffers(SEND_BUFFERS)
                : new PromptTcp()
                        .nonBlockingSends(true)
                        .tls(new TLS().enabled(true).setSSLContext(tls).setClientAuth(TLSClientAuth.NEED));
    }
}
