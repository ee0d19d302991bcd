package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.flow.Carrier;
import dev.weft.flow.Diagram;
import dev.weft.flow.Pipeline;
import dev.weft.flow.Stage;
import java.io.Serializable;
import java.util.Locale;

/**
 * A pipeline in the manner of Kamaelia: each stage reads from its inbox, sends to its outbox, and does not know its neighbours.
 * Whether the one in the middle runs on a greenlet, a thread or a process is one word, the argument.
 */
public final class ComponentPipeline {
    private ComponentPipeline() {}

    /** Splits lines into words. */
    private static final class Words extends Stage<String, String> implements Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        protected void main() {
            for (String line : inbox) {
                for (String word : line.split("\\W+", -1)) {
                    outbox.send(word.toUpperCase(Locale.ROOT));
                }
            }
        }
    }

    /** Runs the pipeline with the middle stage on {@code args[0]}: greenlet, thread or process. */
    public static void main(String[] args) {
        Carrier carrier = carrier(args.length == 0 ? "greenlet" : args[0]);
        Stage<Void, String> lines = Stage.of("lines", (inbox, outbox) -> {
            outbox.send("components know nothing");
            outbox.send("of each other");
        });
        Stage<String, Void> printer = Stage.of("printer", (inbox, outbox) -> inbox.forEach(System.out::println));
        Pipeline<Void, Void> pipeline =
                Pipeline.from(lines).to(new Words(), carrier).to(printer).build();
        Weft.run(pipeline::run);
        System.out.print(Diagram.of(pipeline).text());
    }

    private static Carrier carrier(String name) {
        return switch (name) {
            case "greenlet" -> Carrier.greenlet();
            case "thread" -> Carrier.thread();
            case "process" -> Carrier.process();
            default -> throw new IllegalArgumentException("greenlet, thread or process, not " + name);
        };
    }
}
