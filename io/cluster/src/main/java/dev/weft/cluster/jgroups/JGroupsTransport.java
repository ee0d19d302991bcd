package dev.weft.cluster.jgroups;

import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.cluster.transport.ClusterTransport;
import dev.weft.cluster.transport.NodeId;
import dev.weft.cluster.transport.TransportListener;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.ExtendedUUID;
import org.jgroups.util.UUID;
import org.jspecify.annotations.Nullable;

/** Packets as messages of a JGroups channel, and its views. */
public final class JGroupsTransport implements ClusterTransport {
    private static final String NAME = "name"; // in addresses, as views do not carry names

    private final Callable<JChannel> stack;
    private final Map<NodeId, Address> addresses = new ConcurrentHashMap<>();
    private final Map<Address, NodeId> ids = new ConcurrentHashMap<>();
    private volatile @Nullable JChannel channel;
    private Loop.@Nullable Handle threads; // confined to the cluster's loop

    /** Creates one whose channel {@code stack} makes, with its name, but not connected. */
    public JGroupsTransport(Callable<JChannel> stack) {
        this.stack = stack;
    }

    @Override
    public NodeId start(String cluster, TransportListener listener) throws Exception {
        threads = Loop.current().keepAlive(); // those of JGroups wake it
        return Weft.offload(() -> connect(cluster, listener));
    }

    private synchronized NodeId connect(String cluster, TransportListener listener) throws Exception {
        JChannel made = stack.call();
        channel = made;
        made.setDiscardOwnMessages(true);
        made.setReceiver(new Receiver() {
            @Override
            public void viewAccepted(View view) {
                List<NodeId> members = new ArrayList<>();
                for (Address member : view) {
                    NodeId id = idOf(member);
                    addresses.put(id, member); // it may have been forgotten
                    members.add(id);
                }
                ids.keySet().retainAll(view.getMembers());
                addresses.keySet().retainAll(members);
                listener.viewed(members);
            }

            @Override
            public void receive(Message message) {
                byte[] packet = new byte[message.getLength()];
                System.arraycopy(message.getArray(), message.getOffset(), packet, 0, packet.length);
                listener.received(idOf(message.getSrc()), packet);
            }
        });
        made.addAddressGenerator(() ->
                ExtendedUUID.randomUUID(made.getName()).put(NAME, made.getName().getBytes(StandardCharsets.UTF_8)));
        made.connect(cluster);
        return idOf(made.getAddress());
    }

    private NodeId idOf(Address address) {
        NodeId known = ids.get(address);
        if (known != null) {
            return known;
        }
        UUID uuid = (UUID) address;
        byte[] name = uuid instanceof ExtendedUUID named ? named.get(NAME) : null;
        NodeId id = new NodeId(
                name == null ? "unnamed" : new String(name, StandardCharsets.UTF_8),
                uuid.getMostSignificantBits(),
                uuid.getLeastSignificantBits());
        addresses.put(id, address);
        ids.put(address, id);
        return id;
    }

    @Override
    public Optional<InetSocketAddress> address() {
        JChannel open = channel;
        return open != null
                        && open.down(new Event(Event.GET_PHYSICAL_ADDRESS, open.getAddress()))
                                instanceof IpAddress address
                ? Optional.of(new InetSocketAddress(address.getIpAddress(), address.getPort()))
                : Optional.empty();
    }

    @Override
    public void send(NodeId to, byte[] packet) {
        JChannel open = channel;
        Address address = addresses.get(to);
        if (open == null || address == null) {
            return;
        }
        try {
            open.send(new BytesMessage(address, packet, 0, packet.length));
        } catch (Exception e) {
            // it is closed, or the node has gone
        }
    }

    @Override
    public void close() {
        Weft.offload(this::disconnect);
        if (threads != null) {
            threads.close();
        }
    }

    private synchronized void disconnect() {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }
}
