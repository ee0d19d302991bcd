package dev.weft.cluster;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jgroups.JChannel;
import org.jspecify.annotations.Nullable;

/**
 * A JGroups configuration in XML, for those who need what {@link TcpConfig} does not have. The stack must have {@code NAKACK2}, {@code
 * UNICAST3} and {@code GMS}; unless it listens on loopback only, it must also have {@code SYM_ENCRYPT} or {@code ASYM_ENCRYPT}, or
 * {@code TCP} with {@code tls.enabled="true" tls.client_auth="NEED"}. Instead of {@code <TCP ...>}, write {@code <TCP_NIO2 ...>} or,
 * as that has no TLS, {@code <dev.weft.cluster.jgroups.PromptTcp non_blocking_sends="true" ...>}: they see at once that a node behind a
 * cut is lost, and one that stands still does not hold up the loop.
 */
public final class XmlConfig {
    private final String location;
    private @Nullable String nodeName;

    private XmlConfig(String location) {
        this.location = Objects.requireNonNull(location, "location");
    }

    /** Returns the configuration at {@code location}: a file, a resource on the class path, or a URL. */
    public static XmlConfig at(String location) {
        return new XmlConfig(location);
    }

    /** Sets the name of this node; by default, JGroups makes one. */
    public XmlConfig nodeName(String name) {
        nodeName = Objects.requireNonNull(name, "name");
        return this;
    }

    /** Returns what makes a channel with these settings. */
    Callable<JChannel> stack() {
        return () -> {
            JChannel channel = new JChannel(location);
            if (nodeName != null) {
                channel.name(nodeName);
            }
            return Security.check(channel);
        };
    }
}
