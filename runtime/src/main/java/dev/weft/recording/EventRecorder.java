package dev.weft.recording;

import dev.weft.Awaitable;
import dev.weft.Verdict;
import dev.weft.jdk.Frames;
import dev.weft.kernel.ActionBody;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.kernel.LoopRecorder;
import dev.weft.scheduler.Scheduler;
import dev.weft.scheduler.Task;
import dev.weft.scheduler.TurnRecorder;
import dev.weft.spi.BackPressure;
import dev.weft.spi.Holding;
import dev.weft.spi.Owners;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records the events of a loop with the flight recorder. What happens in every slice asks once a turn whether it is recorded,
 * and uses the same event objects again.
 */
final class EventRecorder implements TurnRecorder, LoopRecorder {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int BURST = 100; // deadlines in a second
    private static final long SHORT_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    /** What is waited for is named, except for kinds whose names are users' code: that might wait for a lock of a greenlet here. */
    private static final Set<Owners.Kind> NAMED = EnumSet.of(
            Owners.Kind.SLEEP,
            Owners.Kind.JOIN,
            Owners.Kind.SCOPE,
            Owners.Kind.CHANNEL,
            Owners.Kind.EVENT,
            Owners.Kind.LIMITER,
            Owners.Kind.POOL,
            Owners.Kind.SOCKET,
            Owners.Kind.ACCEPT);

    private final EventLoop loop;
    private final IncidentDump dump;

    // Used on the loop's thread.
    private final RecordedLoopEvent recordedLoop = new RecordedLoopEvent();
    private final TurnEvent turn = new TurnEvent();
    private final SliceEvent slice = new SliceEvent();
    private final WaitEvent wait = new WaitEvent();
    private final BackPressureEvent pressure = new BackPressureEvent();
    private final ImplicitYieldEvent implicitYield = new ImplicitYieldEvent();
    private boolean announced;
    private boolean losesNext; // a greenlet has committed an event
    private boolean recordsTurn;
    private boolean recordsSlices;
    private long sliceBegan;
    private long eventBegan; // that of the slice, which is begun anew after a while, not with each slice
    private boolean recordsWaits;
    private int recordsSince; // the tick in which it began to record waits
    private int tooShort; // in ticks: the longest wait of this turn that is not long enough to be recorded
    private boolean recordsYields;
    private int lastYield; // the tick of the last implicit yield that it has looked at
    private long burstSince;
    private int burst; // deadlines since then

    EventRecorder(EventLoop loop, IncidentDump dump) {
        this.loop = loop;
        this.dump = dump;
        burstSince = loop.scheduler.now();
    }

    @Override
    public boolean beginTurn() {
        if (announced != recordedLoop.isEnabled()) {
            announce();
        }
        recordsTurn = turn.isEnabled();
        if (recordsTurn) {
            turn.begin();
        }
        recordsSlices = slice.isEnabled();
        if (recordsWaits != (wait.isEnabled() || pressure.isEnabled())) {
            recordsWaits = !recordsWaits;
            recordsSince = loop.scheduler.tick();
        }
        tooShort = 0;
        recordsYields = implicitYield.isEnabled();
        return recordsSlices || recordsWaits || recordsYields;
    }

    @Override
    public void beginBatch(long nanos) {
        if (recordsSlices) {
            sliceBegan = nanos;
            eventBegan = nanos;
            slice.begin();
        }
    }

    private void announce() {
        announced = !announced;
        commitRecordedLoop();
    }

    private void commitRecordedLoop() {
        recordedLoop.loop = loop.name();
        recordedLoop.commit();
    }

    /** The calling thread has committed an event; if it is a greenlet, its loop must {@link #sacrifice} one. */
    private static void committed() {
        EventLoop caller = EventLoop.currentOrNull();
        if (caller != null && caller.recorder() instanceof EventRecorder recorder) {
            recorder.losesNext = true;
        }
    }

    /** JDK 25 loses the first event of a carrier after one of a virtual thread on it: lets that be one that nobody needs. */
    private void sacrifice() {
        if (losesNext) {
            losesNext = false;
            commitRecordedLoop();
        }
    }

    @Override
    public void endTurn(int events, int slices) {
        sacrifice();
        if (!recordsTurn) {
            return;
        }
        turn.end();
        if (turn.shouldCommit()) {
            turn.loop = loop.name();
            turn.events = events;
            turn.slices = slices;
            turn.commit();
        }
    }

    @Override
    public void run(Task task) {
        GreenletTask<?> greenlet = (GreenletTask<?>) task;
        if (recordsWaits) {
            try {
                waitEnds(greenlet);
            } catch (Throwable t) { // the slice must run all the same
                loop.owner.failed("the recording of a wait", t);
            }
        }
        try {
            task.slice();
        } finally {
            sacrifice();
            if (recordsSlices) {
                sliceEnds(greenlet);
            }
            if (recordsYields) {
                lookForYield(greenlet);
            }
        }
    }

    /** Compares two numbers in most waits: it neither looks at the clock nor asks again what is too short for the settings. */
    private void waitEnds(GreenletTask<?> greenlet) {
        int since = greenlet.takeWaitingSince();
        int ticks = loop.scheduler.tick() - since;
        if (since == 0 || Integer.compareUnsigned(ticks, tooShort) <= 0) {
            return;
        }
        wait.waited = Scheduler.nanosOf(ticks);
        pressure.waited = wait.waited;
        boolean isWait = wait.shouldCommit();
        boolean isPressure = pressure.shouldCommit();
        if (!isWait && !isPressure) {
            tooShort = ticks;
            return;
        }
        if (isWait) {
            commitWait(greenlet, since);
        }
        if (isPressure && greenlet.waitedFor() instanceof BackPressure target) {
            commitPressure(greenlet, target.full());
        }
    }

    private void commitWait(GreenletTask<?> greenlet, int since) {
        Awaitable<?> target = greenlet.waitedFor();
        if (target != null) {
            Owners.Kind kind = isOurs(target) ? target.owners().kind() : Owners.Kind.OTHER;
            wait.kind = lowerCase(kind);
            wait.target = NAMED.contains(kind) ? greenlet.describeWait() : Frames.nameOf(target.getClass());
        } else if (since - recordsSince >= 0) {
            wait.target = loop.owner.waitingInside(greenlet);
            wait.kind = lowerCase(Owners.Kind.JDK);
        } else {
            return; // that wait may be long over: the greenlet may have yielded since, when nothing was recorded
        }
        wait.describe(greenlet);
        wait.commit();
    }

    private static boolean isOurs(Awaitable<?> target) {
        return target.getClass().getName().startsWith("dev.weft.");
    }

    private void commitPressure(GreenletTask<?> greenlet, String full) {
        if (!full.isEmpty()) {
            pressure.full = full;
            pressure.describe(greenlet);
            pressure.commit();
        }
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /**
     * Looks at the clock once in a short slice. The event is measured from its {@code begin}, with a clock of its own, so that is
     * called every 50 µs rather than in each slice.
     */
    private void sliceEnds(GreenletTask<?> greenlet) {
        long now = loop.scheduler.now();
        if (now - eventBegan >= SHORT_NANOS) {
            if (now - sliceBegan >= SHORT_NANOS) {
                commitSlice(greenlet);
            }
            slice.begin();
            eventBegan = now;
        }
        sliceBegan = now;
    }

    private void commitSlice(GreenletTask<?> greenlet) {
        slice.end();
        if (slice.shouldCommit()) {
            slice.describe(greenlet);
            slice.commit();
        }
    }

    /** Looks at one yield a millisecond, as even asking the throttle takes longer than the rest of what each slice costs here. */
    private void lookForYield(GreenletTask<?> greenlet) {
        int tick = loop.scheduler.tick();
        if (tick == lastYield || !greenlet.hasYieldedImplicitly()) {
            return;
        }
        lastYield = tick;
        if (implicitYield.shouldCommit()) {
            StackTraceElement[] where = greenlet.stackTrace();
            int index = Frames.indexOf(where);
            implicitYield.describe(greenlet);
            implicitYield.place = String.valueOf(index < 0 ? greenlet.spawnSite() : where[index]);
            implicitYield.commit();
        }
    }

    @Override
    public void held(String what, @Nullable GreenletTask<?> greenlet, Duration held, Holding how, String report) {
        HogEvent event = new HogEvent();
        if (event.isEnabled()) {
            if (greenlet != null) {
                event.describe(greenlet);
            }
            event.loop = loop.name();
            event.what = what;
            event.held = held.toNanos();
            event.how = lowerCase(how);
            event.report = report;
            event.commit();
            dump.write("hog");
        }
    }

    @Override
    public Span pinned(GreenletTask<?> greenlet) {
        PinnedEvent event = new PinnedEvent();
        if (!event.isEnabled()) {
            return Span.NONE;
        }
        event.describe(greenlet);
        event.target = greenlet.waitingOn();
        event.begin();
        return () -> {
            event.commit();
            committed();
        };
    }

    @Override
    public void deadlineExceeded(GreenletTask<?> greenlet, Object target, Duration timeout) {
        DeadlineExceededEvent event = new DeadlineExceededEvent();
        if (!event.isEnabled()) {
            return;
        }
        if (event.shouldCommit()) {
            event.describe(greenlet);
            event.target = target.toString();
            event.limit = timeout.toNanos();
            event.commit();
            committed();
        }
        countDeadline();
    }

    private void countDeadline() {
        long now = loop.scheduler.now();
        if (now - burstSince > SECOND_NANOS) {
            burstSince = now;
            burst = 0;
        }
        if (++burst == BURST) {
            dump.write("deadlines");
        }
    }

    @Override
    public void killAsked(GreenletTask<?> greenlet, String reason) {
        KillAskedEvent event = new KillAskedEvent();
        if (event.isEnabled() && event.shouldCommit()) {
            event.describe(greenlet);
            event.reason = reason;
            event.commit();
            committed();
        }
    }

    @Override
    public Span kill(GreenletTask<?> greenlet, String reason) {
        KillEvent event = new KillEvent(greenlet);
        if (!event.isEnabled()) {
            return Span.NONE;
        }
        event.describe(greenlet);
        event.reason = reason;
        event.begin();
        return event;
    }

    @Override
    public Span queued(GreenletTask<?> greenlet, Object call, String pool) {
        return begun(new OffloadQueuedEvent(), greenlet, call, pool);
    }

    @Override
    public Span running(GreenletTask<?> greenlet, Object call, String pool) {
        return begun(new OffloadEvent(), greenlet, call, pool);
    }

    private static Span begun(CallEvent event, GreenletTask<?> greenlet, Object call, String pool) {
        if (!event.isEnabled()) {
            return Span.NONE;
        }
        event.describe(greenlet);
        event.call = Frames.nameOf(ActionBody.written(call));
        event.pool = pool;
        event.begin();
        return event;
    }

    @Override
    public void acceptLimit(Object server, int limit) {
        AcceptLimitEvent event = new AcceptLimitEvent();
        if (event.isEnabled() && event.shouldCommit()) {
            event.loop = loop.name();
            event.server = server.toString();
            event.limit = limit;
            event.commit();
            committed();
        }
    }

    @Override
    public void verdict(Verdict verdict) {
        VerdictEvent event = new VerdictEvent();
        if (event.isEnabled()) {
            event.kind = lowerCase(verdict.kind());
            event.greenlets = verdict.greenlets().size();
            event.report = verdict.text();
            event.commit();
            dump.write("verdict");
        }
    }

    @Override
    public void standstill(int waiting, String report) {
        StandstillEvent event = new StandstillEvent();
        if (event.isEnabled()) {
            event.loop = loop.name();
            event.waiting = waiting;
            event.report = report;
            event.commit();
            dump.write("standstill");
        }
    }
}
