package dev.weft.cluster;

import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.cluster.NodeLost.Begun;
import dev.weft.cluster.TaskRequest.Reply;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one session: those that this node has asked for, and those that the peer has. Confined to the cluster's loop.
 *
 * <p>The asking node sends {@code SPAWN}, and perhaps {@code KILL} later. The other one sends {@code BEGUN} when the task's code
 * begins, and one of the ends.
 */
final class TaskExchange {
    private static final byte SPAWN = 1; // id, name, code
    private static final byte KILL = 2; // id, reason
    private static final byte BEGUN = 3; // id
    static final byte RETURNED = 4; // id, value
    static final byte FAILED = 5; // id, failure
    static final byte CANCELLED = 6; // id, failure

    private static final int USUAL_BYTES = 64;

    private final RemoteTasks tasks;
    private final Values values;
    private final Line line;
    private final Map<Long, TaskRequest> requests = new HashMap<>();
    private final Map<Long, TaskExecution> executions = new HashMap<>();
    private long lastId;

    TaskExchange(RemoteTasks tasks, Line line) {
        this.tasks = tasks;
        values = tasks.cluster().values();
        this.line = line;
    }

    /** What carries frames to the peer. */
    sealed interface Line {
        Node peer();

        /** Takes back a frame, and returns whether it has not left this node. */
        boolean withdraw(byte[] frame);
    }

    /** To another node. */
    record ToPeer(Session session) implements Line {
        @Override
        public Node peer() {
            return session.node();
        }

        @Override
        public boolean withdraw(byte[] frame) {
            return session.withdraw(frame);
        }
    }

    /** From a node to itself: frames arrive at once. */
    record ToSelf(Node peer) implements Line {
        @Override
        public boolean withdraw(byte[] frame) {
            return false;
        }
    }

    private byte[] send(FrameWriter frame) {
        return switch (line) {
            case ToPeer to -> to.session().send(frame);
            case ToSelf to -> {
                byte[] bytes = frame.toBytes();
                FrameReader reader = new FrameReader(bytes);
                reader.getByte(); // the subject
                received(reader);
                yield bytes;
            }
        };
    }

    private static FrameWriter frame(byte code, long id, int size) {
        return new FrameWriter(2 + Long.BYTES + size)
                .putByte(Subject.TASKS)
                .putByte(code)
                .putLong(id);
    }

    /** As {@link RemoteTasks#perform}. */
    <T extends @Nullable Object> Outcome<T> perform(TaskCall<T> call) {
        long id = ++lastId;
        TaskRequest request = new TaskRequest(call);
        requests.put(id, request);
        try {
            request.sentAs(send(frame(SPAWN, id, USUAL_BYTES + call.code().length)
                    .putString(call.name())
                    .putRaw(call.code())));
            return outcome(call, Weft.await(request));
        } catch (Throwable cancelled) {
            Reply end = request.reply() == null ? kill(id, request, TaskCall.reason(cancelled)) : request.reply();
            if (end instanceof Reply.Ended ended && ended.code() == RETURNED) {
                return outcome(call, ended);
            }
            throw cancelled;
        } finally {
            requests.remove(id);
        }
    }

    /** Kills a task and returns its end; null if it was not sent, and now will not be. */
    private @Nullable Reply kill(long id, TaskRequest request, String reason) {
        if (line.withdraw(request.frame())) {
            return null;
        }
        send(frame(KILL, id, USUAL_BYTES).putString(reason));
        return Weft.<Reply, RuntimeException>shield(() -> Weft.await(request));
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // it is what the task returned
    private <T extends @Nullable Object> Outcome<T> outcome(TaskCall<T> call, Reply reply) {
        return switch (reply) {
            case Reply.Lost lost ->
                new Outcome.Failed<>(call.site().addTo(lost.why().forRequest(call.name(), lost.begun())));
            case Reply.Ended ended -> {
                try {
                    yield switch (ended.code()) {
                        case RETURNED -> new Outcome.Returned<>((T) values.read(ended.content()));
                        case FAILED -> new Outcome.Failed<>(call.site().addTo(values.readFailure(ended.content())));
                        default -> new Outcome.Cancelled<>(call.site().addTo(values.readFailure(ended.content())));
                    };
                } catch (RuntimeException unreadable) {
                    yield new Outcome.Failed<>(call.site().addTo(unreadable));
                }
            }
        };
    }

    void received(FrameReader frame) {
        byte code = frame.getByte();
        long id = frame.getLong();
        switch (code) {
            case SPAWN -> spawn(id, frame.getString(), frame);
            case KILL -> {
                TaskExecution execution = executions.get(id);
                if (execution != null) { // it has not ended meanwhile
                    execution.kill(frame.getString());
                }
            }
            case BEGUN -> {
                TaskRequest request = requests.get(id);
                if (request != null) {
                    request.hasBegun();
                }
            }
            case RETURNED, FAILED, CANCELLED -> {
                TaskRequest request = requests.get(id);
                if (request != null) { // somebody waits still
                    request.complete(new Reply.Ended(code, frame));
                }
            }
            default -> throw new FrameReader.Garbled("no frame about tasks has code " + code);
        }
    }

    private void spawn(long id, String name, FrameReader code) {
        TaskExecution execution = new TaskExecution(this, id, code, values);
        if (executions.putIfAbsent(id, execution) != null) {
            throw new FrameReader.Garbled("there is a task " + id + " already");
        }
        execution.start(name, tasks.nextLoop());
    }

    RemoteTasks tasks() {
        return tasks;
    }

    Cluster cluster() {
        return tasks.cluster();
    }

    /** The code of a task begins. */
    void begins(long id) {
        send(frame(BEGUN, id, 0));
    }

    /** A task has ended. */
    void ended(long id, byte code, byte[] content) {
        executions.remove(id);
        send(frame(code, id, content.length).putRaw(content));
    }

    /** The session is over: what was asked for fails, what runs here is killed. */
    void lost(NodeLost why) {
        for (TaskRequest request : List.copyOf(requests.values())) {
            if (request.reply() == null) {
                Begun begun = request.begun() ? Begun.YES : line.withdraw(request.frame()) ? Begun.NO : Begun.UNKNOWN;
                request.complete(new Reply.Lost(why, begun));
            }
        }
        String reason = Objects.requireNonNull(why.getMessage());
        List.copyOf(executions.values()).forEach(execution -> execution.kill(reason));
    }

    @Override
    public String toString() {
        return "tasks of and for node " + line.peer();
    }
}
