package dev.weft.cluster;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.actor.Mailbox;
import dev.weft.actor.Owner;
import dev.weft.cluster.transport.ClusterTransport;
import dev.weft.cluster.transport.NodeId;
import dev.weft.lowlevel.Suspension;
import dev.weft.sync.Channel;
import dev.weft.sync.Producer;
import dev.weft.sync.Watch;
import dev.weft.sync.Watcher;
import dev.weft.workers.VoidTask;
import dev.weft.workers.WorkerNodes;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A cluster, as one of its nodes has joined it. What a greenlet does with others on its loop it can do with those of other nodes:
 * spawn and join, ask and tell, send and receive, link and monitor.
 *
 * <pre>{@code
 * TcpConfig tcp = TcpConfig.on("127.0.0.1", 7801).peers("127.0.0.1:7802");
 * ClusterConfig config = ClusterConfig.over(tcp).allowPackage("com.example");
 * try (Cluster cluster = Cluster.join("orders", config)) {
 *     Node other = cluster.view().value().nodes().getLast();
 *     System.out.println(other.spawn(() -> 6 * 7).join());
 * }
 * }</pre>
 *
 * <p>Membership, the detection of failures and ordered delivery are those of JGroups. The semantics are Erlang's: messages arrive at
 * most once, those of one pair of nodes in order, and the loss of a node is told to all who wait for it or watch it.
 *
 * <p>A cluster lives on the loop on which it was joined, which is closed after it. All methods may be called by any greenlet or
 * thread, and return at once unless they say that they wait.
 */
public final class Cluster implements AutoCloseable, WorkerNodes {
    static {
        Suspension.belongsToRuntime(Cluster.class);
    }

    static final ScopedValue<Cluster> CURRENT = ScopedValue.newInstance(); // in tasks

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final String name;
    private final Loop home = Loop.current();
    private final ClusterTransport transport;
    private final Values values;
    private final RemoteTasks tasks;
    private final References references;
    private final RemoteChannels channels;
    private final Names names;
    private final Membership membership;
    private @Nullable Node self;
    private @Nullable Greenlet<?> dispatcher;
    private boolean left; // confined to the home's thread

    private Cluster(String name, ClusterConfig config) {
        this.name = name;
        transport = config.createTransport();
        values = new Values(this, config.serializer());
        tasks = new RemoteTasks(this, config.taskLoops());
        references = new References(this);
        channels = new RemoteChannels(this);
        names = new Names(this);
        membership = new Membership(
                this,
                transport,
                config.versions(),
                Map.of(
                        Subject.TASKS,
                        tasks,
                        Subject.REFERENCES,
                        references,
                        Subject.CHANNELS,
                        channels,
                        Subject.NAMES,
                        names));
    }

    /**
     * Joins the cluster of that name, or founds it if none of its peers is there. Waits until there is a session with each node
     * that has been found.
     *
     * @throws JoinRefused if another node's program does not fit this one's
     * @throws Exception if the transport cannot be started, as when the port is taken
     * @throws dev.weft.DeadlineExceeded if it takes longer than the {@linkplain ClusterConfig#joinTimeout limit}
     * @throws IllegalStateException outside any loop
     */
    public static Cluster join(String name, ClusterConfig config) throws Exception {
        Cluster cluster = new Cluster(Objects.requireNonNull(name, "name"), config);
        try {
            Weft.withTimeout(config.joinTimeout(), cluster::start);
        } catch (Throwable t) {
            cluster.close();
            throw t;
        }
        return cluster;
    }

    private void start() throws Exception {
        NodeId id = transport.start(name, membership.listener());
        self = node(id);
        dispatcher = membership.begin(id);
        names.viewed(membership.view().value().nodes());
        membership.awaitSessions();
    }

    /** Returns the name of the cluster. */
    public String name() {
        return name;
    }

    /** Returns this node. */
    public Node self() {
        return Objects.requireNonNull(self);
    }

    /** Returns where others can look for this node, as a peer; empty if its transport does not have addresses. */
    public Optional<InetSocketAddress> address() {
        return transport.address();
    }

    /** Returns the nodes that this one can reach, now and as that changes. */
    public Watch<ClusterView> view() {
        return membership.view();
    }

    /** Returns the node with this identity, whether it is there or not. */
    public Node node(NodeId id) {
        return new Node(this, Objects.requireNonNull(id, "id"));
    }

    /**
     * Returns the cluster, as it was joined by the node on which the calling task runs: one that was spawned with {@link Node#spawn},
     * or the like. Its children in scopes may call this too.
     *
     * @throws IllegalStateException elsewhere
     */
    public static Cluster current() {
        return CURRENT.orElseThrow(() -> new IllegalStateException(
                "no node has spawned this task; pass it the cluster that its program has joined"));
    }

    /** For {@link dev.weft.workers.Workers#nodes}. Any thread. */
    @Override
    public Dispatcher dispatcher(@Nullable VoidTask initializer) {
        return new NodeDispatcher(this, initializer);
    }

    /** Returns the sending end of {@code channel} for other nodes, with a window of 256 values. */
    public <T> RemoteChannel<T> channel(Channel<T> channel) {
        return channel(channel, RemoteChannel.WINDOW);
    }

    /**
     * Returns the sending end of {@code channel} for other nodes. It is known to the cluster until it is closed or fails, at the latest
     * when this node leaves, which fails it.
     *
     * @param window how many values from each node may be on their way to the channel; more speed up small ones, up to about a
     *     thousand
     */
    public <T> RemoteChannel<T> channel(Channel<T> channel, int window) {
        return addChannel(channel, null, window);
    }

    /**
     * As {@link #channel(Channel)}, for one of several senders: its close counts as that of a {@link Channel#producer}, so that the channel
     * is closed once all have closed theirs.
     */
    public <T> RemoteChannel<T> producer(Channel<T> channel) {
        return addChannel(channel, channel.producer(), RemoteChannel.WINDOW);
    }

    @SuppressWarnings("unchecked") // only Ts are sent by those who know its type
    private <T> RemoteChannel<T> addChannel(Channel<T> channel, @Nullable Producer<T> producer, int window) {
        if (window < 1) {
            throw new IllegalArgumentException("the window must be 1 or more, not " + window);
        }
        return atHome(() ->
                new RemoteChannel<>(channels.add((Channel<Object>) channel, (Producer<Object>) producer, window)));
    }

    Membership membership() {
        return membership;
    }

    Loop home() {
        return home;
    }

    Values values() {
        return values;
    }

    RemoteTasks tasks() {
        return tasks;
    }

    References references() {
        return references;
    }

    RemoteChannels channels() {
        return channels;
    }

    Names registry() {
        return names;
    }

    /** Calls {@code body} on the home loop. The caller waits until it has returned. */
    <T extends @Nullable Object> T atHome(Callable<T> body) {
        if (!Suspension.isOnLoop()) {
            return home.call(body);
        }
        if (!Suspension.isOn(home)) {
            return atHomeOf(body);
        }
        try {
            return body.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private <T extends @Nullable Object> T atHomeOf(Callable<T> body) {
        Greenlet<T> call = home.spawn(body);
        try {
            return call.join();
        } catch (Throwable t) {
            call.kill("its caller on another loop has left");
            throw t;
        }
    }

    /** Returns whether this node has left. Home loop. */
    boolean hasLeft() {
        return left;
    }

    /**
     * Returns an address of {@code owner}, which can be sent to other nodes. Each call makes another one, which is known as long as
     * the owner lives; so keep it.
     *
     * @param receiver what the owner does with the messages that come to that address
     */
    public <S, M> Ref<M> refer(Owner<S> owner, Receiver<? super S, ? super M> receiver) {
        Objects.requireNonNull(receiver, "receiver");
        return references.refer(Objects.requireNonNull(owner, "owner"), receiver);
    }

    /**
     * Returns an address of {@code mailbox}, from which the calling greenlet receives: that is the one whose end is told, and which
     * is killed, through the address. As {@link #refer(Owner, Receiver)}; it can be told messages, but not asked.
     *
     * @throws IllegalStateException outside greenlets
     */
    public <M> Ref<M> refer(Mailbox<M> mailbox) {
        return references.refer(Objects.requireNonNull(mailbox, "mailbox"), Greenlet.current());
    }

    /**
     * Publishes {@code target}, of this node, under a name that no other has in the cluster (Erlang's {@code
     * global:register_name}). Waits for the oldest node of the view to decide.
     *
     * <p>A name is unique in a stable view. While a partition lasts, each side has names of its own; see {@link Publication} for what
     * becomes of those given twice when it heals.
     *
     * @throws NameTaken if another one has it
     * @throws IllegalArgumentException if the target is on another node
     * @throws TargetEnded if it has ended
     */
    public Publication publish(String name, Ref<?> target) {
        Objects.requireNonNull(name, "name");
        if (target instanceof LocalRef<?> own && own.node().equals(self())) {
            return atHome(() -> names.publish(name, own));
        }
        throw new IllegalArgumentException(
                target + " is on another node; publish it there, as a name lasts as long as its node");
    }

    /** As {@link #publish(String, Ref)}, for an address that is only published. */
    public <S, M> Publication publish(String name, Owner<S> owner, Receiver<? super S, ? super M> receiver) {
        return publish(name, refer(owner, receiver));
    }

    /**
     * Returns what was published under {@code name}, if it can be reached, as this node knows now. One that has just joined learns of
     * the names a little later; {@link #awaitName} waits.
     *
     * @param <M> the messages that it takes, which the caller must know
     */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as documented
    public <M> Optional<Ref<M>> whereIs(String name) {
        return Optional.ofNullable((Ref<M>) names.watch().value().get(Objects.requireNonNull(name, "name")));
    }

    /** Returns what is published under {@code name}, and waits until something is. As {@link #whereIs} otherwise. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as documented
    public <M> Ref<M> awaitName(String name) {
        Watcher<Map<String, Ref<?>>> watcher = names.watch().watcher();
        while (true) {
            Ref<?> found = watcher.next().get(name);
            if (found != null) {
                return (Ref<M>) found;
            }
        }
    }

    /** Returns what is published under which names and can be reached from this node, now and as that changes. */
    public Watch<Map<String, Ref<?>>> names() {
        return names.watch();
    }

    /**
     * Leaves the cluster in order: sends what others are to get, takes leave, and waits until that is done. What waits for other
     * nodes then fails with {@link NodeLost}, and what was spawned here by others is killed; at most two seconds are waited for each
     * of these steps.
     */
    @Override
    public void close() {
        atHome(() -> {
            Weft.shield(this::leave);
            return null;
        });
    }

    private void leave() {
        if (left) {
            return;
        }
        left = true;
        Weft.joinAll(channels.takeLeave(), LAST_WORDS);
        Weft.joinAll(membership.takeLeave(), LAST_WORDS);
        Weft.moveOnAfter(LAST_WORDS, membership::sayGoodbye);
        membership.end();
        List<Greenlet<?>> running = tasks.leave();
        references.leave();
        names.leave();
        channels.end();
        Weft.joinAll(running, LAST_WORDS);
        transport.close();
        if (dispatcher != null) {
            Weft.joinAll(List.of(dispatcher));
        }
    }

    @Override
    public String toString() {
        return "cluster " + name + " at " + (self == null ? "a node that has not joined" : self);
    }
}
