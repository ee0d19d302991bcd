package dev.weft.cluster;

import dev.weft.Action;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Outcome;
import dev.weft.lowlevel.Suspension;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A task that another node has asked for: a greenlet, whose end is sent to that node. Confined to the cluster's loop, except its body. */
final class TaskExecution {
    private final TaskExchange exchange;
    private final long id;
    private final FrameReader code;
    private final Values values;
    private byte end = TaskExchange.FAILED; // this and the answer are confined to the loop of the greenlet
    private byte @Nullable [] answer;
    private @Nullable Greenlet<?> greenlet;

    TaskExecution(TaskExchange exchange, long id, FrameReader code, Values values) {
        this.exchange = exchange;
        this.id = id;
        this.code = code;
        this.values = values;
    }

    void start(String name, Loop loop) {
        try {
            Greenlet<@Nullable Void> started = loop.spawn(name, this::run);
            Suspension.whenEnded(started, this::ended);
            greenlet = started;
            exchange.tasks().begun(started);
        } catch (RejectedExecutionException e) {
            exchange.ended(id, TaskExchange.FAILED, values.writeFailure(e));
        }
    }

    private void run() throws Exception {
        Greenlet.current().toFuture(); // a failure goes to the node that asked for the task, and is not reported here
        try {
            Object task = values.read(code);
            atHome(() -> exchange.begins(id));
            answer = values.write(
                    ScopedValue.where(Cluster.CURRENT, exchange.cluster()).call(() -> perform(task)));
            end = TaskExchange.RETURNED;
        } catch (Throwable t) {
            answer = values.writeFailure(t);
            throw t;
        }
    }

    private static @Nullable Object perform(@Nullable Object task) throws Exception {
        return switch (task) {
            case Callable<?> callable -> callable.call();
            case Action action -> {
                action.run();
                yield null;
            }
            case null -> throw new IllegalArgumentException("there is no task");
            default -> throw new IllegalArgumentException("this is no task: " + task);
        };
    }

    /** Called on the greenlet's loop; no code of users may run. */
    private void ended(Greenlet<?> done) {
        byte code = end;
        byte[] content = answer;
        if (done.outcome() instanceof Outcome.Cancelled<?> cancelled) {
            code = TaskExchange.CANCELLED;
            if (content == null) { // it never began
                content = values.writeFailure(new Cancelled(TaskCall.reason(cancelled.cause()), null));
            }
        }
        byte how = code;
        byte[] what = content == null ? new byte[0] : content;
        atHome(() -> {
            exchange.ended(id, how, what);
            exchange.tasks().ended(done);
        });
    }

    private void atHome(Runnable event) {
        Suspension.tell(exchange.cluster().home(), event);
    }

    void kill(String reason) {
        if (greenlet != null) {
            greenlet.kill(reason);
        }
    }
}
