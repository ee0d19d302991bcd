package dev.weft.recording;

import dev.weft.LatencyHistogram;
import dev.weft.Loop;
import dev.weft.LoopStatistics;
import dev.weft.kernel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;

/**
 * A listener that gives the loops of a group their recorders once the flight recorder is initialised. No earlier, as loading the
 * class of an event initialises half of it, which takes a third of a second.
 */
final class RecorderLink implements FlightRecorderListener, AutoCloseable {
    private static final List<Class<? extends Event>> EVENTS = List.of(
            AcceptLimitEvent.class,
            BackPressureEvent.class,
            DeadlineExceededEvent.class,
            DumpEvent.class,
            HogEvent.class,
            ImplicitYieldEvent.class,
            KillAskedEvent.class,
            KillEvent.class,
            LoopStatisticsEvent.class,
            OffloadEvent.class,
            OffloadQueuedEvent.class,
            PinnedEvent.class,
            RecordedLoopEvent.class,
            SliceEvent.class,
            StandstillEvent.class,
            TurnEvent.class,
            VerdictEvent.class,
            WaitEvent.class);

    private final List<? extends Loop> loops;
    private final IncidentDump dump = new IncidentDump();
    private final List<Runnable> periodic = new ArrayList<>();
    private boolean closed;

    private RecorderLink(List<? extends Loop> loops) {
        this.loops = loops;
    }

    static RecorderLink open(List<? extends Loop> loops) {
        RecorderLink link = new RecorderLink(loops);
        FlightRecorder.addListener(link);
        return link;
    }

    /** Called once, on the thread that initialises the flight recorder or has just added this listener. */
    @Override
    public synchronized void recorderInitialized(FlightRecorder recorder) {
        if (closed || !periodic.isEmpty()) {
            return;
        }
        EVENTS.forEach(FlightRecorder::register); // here, as it would delay a loop
        for (Loop loop : loops) {
            EventLoop known = EventLoop.of(loop);
            EventRecorder recording = new EventRecorder(known, dump);
            known.record(recording, recording);
            Runnable statistics = new StatisticsHook(loop);
            periodic.add(statistics);
            FlightRecorder.addPeriodicEvent(LoopStatisticsEvent.class, statistics);
        }
    }

    @Override
    public void close() {
        FlightRecorder.removeListener(this);
        synchronized (this) {
            closed = true;
            periodic.forEach(FlightRecorder::removePeriodicEvent);
        }
        dump.flush();
    }

    /** Records the statistics of a loop, on the flight recorder's thread. */
    private static final class StatisticsHook implements Runnable {
        private final Loop loop;
        private LatencyHistogram before = LatencyHistogram.EMPTY;

        StatisticsHook(Loop loop) {
            this.loop = loop;
        }

        @Override
        public void run() {
            LoopStatistics now = loop.statistics();
            LatencyHistogram latency = now.latency().since(before);
            before = now.latency();
            LoopStatisticsEvent event = new LoopStatisticsEvent();
            event.loop = loop.name();
            event.alive = now.alive();
            event.ready = now.ready();
            event.waiting = now.waiting();
            event.timers = now.timers();
            event.spawned = now.spawned();
            event.switches = now.switches();
            event.busy = now.busy().toNanos();
            event.idle = now.idle().toNanos();
            event.latencyMedian = latency.percentile(50).toNanos();
            event.latency99 = latency.percentile(99).toNanos();
            event.latencyMax = latency.max().toNanos();
            event.commit();
        }
    }
}
