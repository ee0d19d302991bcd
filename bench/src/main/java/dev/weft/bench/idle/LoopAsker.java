package dev.weft.bench.idle;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import java.util.Optional;

/** Greenlets on two loops, with a channel for each direction. */
final class LoopAsker implements Asker {
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

    @Override
    public double[] ask(int count) {
        return asking.call("ask", () -> {
            double[] nanos = new double[count];
            for (int i = 0; i < count; i++) {
                Weft.sleep(PAUSE);
                long start = System.nanoTime();
                questions.send(i);
                answers.receive();
                nanos[i] = System.nanoTime() - start;
            }
            return nanos;
        });
    }

    @Override
    public void close() {
        questionsWillCome.close();
        group.close();
    }
}
