package dev.weft.bench.idle;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import java.time.Duration;
import java.util.Optional;

/** Greenlets on two loops, with a channel for each direction. */
final class LoopAsker implements Asker {
    private static final int WARM_UPS = 200_000;

    private final LoopGroup group = LoopGroup.open(2);
    private final Loop asking = group.loops().getFirst();
    private final Loop answering = group.loops().getLast();
    private final Loop.Handle questionsWillCome = answering.keepAlive(); // also while nobody asks
    private final Channel<Integer> questions = Channel.on(answering).buffered(1);
    private final Channel<Integer> answers = Channel.on(asking).buffered(1);

    LoopAsker() {
        answering.spawn("answer", this::answer);
    }

    private void answer() {
        Optional<Integer> question = questions.receiveOrEnd();
        while (question.isPresent()) {
            answers.send(question.get());
            question = questions.receiveOrEnd();
        }
    }

    /** Asks so often that all is compiled, also the loop in {@link #answer}, which is never called again. */
    void warmUp() {
        ask(WARM_UPS, Duration.ZERO);
    }

    /** Each question is asked by a greenlet of its own: a long loop would run in the interpreter, and so would its waits. */
    @Override
    public double[] ask(int count, Duration pause) {
        return asking.call("ask", () -> {
            double[] nanos = new double[count];
            for (int i = 0; i < count; i++) {
                nanos[i] = Weft.spawn(() -> ask(pause)).join();
            }
            return nanos;
        });
    }

    private double ask(Duration pause) {
        if (pause.isPositive()) {
            Weft.sleep(pause);
        }
        long start = System.nanoTime();
        questions.send(1);
        answers.receive();
        return System.nanoTime() - start;
    }

    @Override
    public void close() {
        questionsWillCome.close();
        group.close();
    }
}
