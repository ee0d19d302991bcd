package dev.weft.cluster.jgroups;

import java.io.IOException;
import java.util.Collection;
import java.util.function.Predicate;
import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.blocks.cs.Connection;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCP;

/**
 * TCP that closes connections at once. That of JGroups sends a last word on each, behind what has not left yet, and waits for that:
 * while it installs the view without a node whose packets are lost, and when this node leaves. That lasts until the kernel gives the
 * connection up, after a quarter of an hour. In a JGroups configuration in XML, put the name of this class in place of {@code TCP}.
 */
public final class PromptTcp extends TCP {
    /** Creates one with the settings that {@link TCP} has by default. */
    public PromptTcp() {
        setId(ClassConfigurator.getProtocolId(TCP.class)); // in headers
    }

    @Override
    public void retainAll(Collection<Address> members) {
        close(peer -> !members.contains(peer) && !(peer instanceof PhysicalAddress of && is_member.test(of)));
        super.retainAll(members);
    }

    @Override
    protected void handleDisconnect() {
        close(peer -> true);
        super.handleDisconnect();
    }

    private void close(Predicate<Address> toClose) {
        srv.forAllConnections((peer, connection) -> {
            if (toClose.test(peer)) {
                close(connection);
            }
        });
    }

    private static void close(Connection connection) {
        try {
            connection.close(false);
        } catch (IOException e) {
            // it is closed all the same
        }
    }
}
