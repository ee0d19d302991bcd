package dev.weft.bench.rival.futures;

import dev.weft.bench.rival.Service;
import dev.weft.bench.rival.http.Wire;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Gives the answers of one connection, each once the one before has been sent. */
interface AnswerSource {
    CompletableFuture<ByteBuffer> next();

    /** May serve many connections. */
    static AnswerSource constant() {
        ByteBuffer answer = Wire.answer(Service.BODY);
        return () -> CompletableFuture.completedFuture(answer.duplicate());
    }

    static AnswerSource ofOneCall(Backend backend) {
        ByteBuffer output = ByteBuffer.allocateDirect(256);
        return () -> backend.call().thenApply(body -> write(output, body));
    }

    /** The second and the third are made side by side. */
    static AnswerSource ofThreeCalls(Backend backend) {
        ByteBuffer output = ByteBuffer.allocateDirect(256);
        return () -> backend.call().thenCompose(first -> {
            CompletableFuture<byte[]> second = backend.call();
            CompletableFuture<byte[]> third = backend.call();
            return second.thenCombine(third, (two, three) -> write(output, first, two, three));
        });
    }

    private static ByteBuffer write(ByteBuffer output, byte[]... bodies) {
        Wire.writeAnswer(output.clear(), bodies);
        return output.flip();
    }
}
