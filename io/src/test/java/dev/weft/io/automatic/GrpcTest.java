package dev.weft.io.automatic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * gRPC: blocking calls by greenlets, and services in greenlets, as {@code executor(loop.executor())} is given to both builders. The
 * transport is Netty's, on threads of its own.
 */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class GrpcTest {
    private static final int CROWD = 200;
    private static final String[] KEPT = {"grpc-", "globalEventExecutor"};

    private static final MethodDescriptor<String, String> TOGETHER =
            method("together", MethodDescriptor.MethodType.UNARY);
    private static final MethodDescriptor<String, String> NEVER = method("never", MethodDescriptor.MethodType.UNARY);
    private static final MethodDescriptor<String, String> COUNT =
            method("count", MethodDescriptor.MethodType.SERVER_STREAMING);

    private static MethodDescriptor<String, String> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.<String, String>newBuilder(new Text(), new Text())
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("test", name))
                .build();
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Blocking code, which insists on greenlets. */
    private static final class Service {
        private final CountDownLatch crowd = new CountDownLatch(CROWD);
        private final Semaphore waiting = new Semaphore(0);
        private final CountDownLatch givenUp = new CountDownLatch(1);

        ServerServiceDefinition definition() {
            return ServerServiceDefinition.builder("test")
                    .addMethod(TOGETHER, ServerCalls.asyncUnaryCall(this::together))
                    .addMethod(NEVER, ServerCalls.asyncUnaryCall(this::never))
                    .addMethod(COUNT, ServerCalls.asyncServerStreamingCall(this::count))
                    .build();
        }

        private void together(String name, StreamObserver<String> answer) {
            Greenlet.current();
            crowd.countDown();
            awaitUninterruptibly(crowd);
            answer.onNext(name);
            answer.onCompleted();
        }

        private void never(String name, StreamObserver<String> answer) {
            waiting.release();
            awaitUninterruptibly(givenUp);
            answer.onError(Status.ABORTED.asException());
        }

        private void count(String limit, StreamObserver<String> answer) {
            for (int i = 0; i < Integer.parseInt(limit); i++) {
                answer.onNext(Integer.toString(i));
                Weft.yieldNow();
            }
            answer.onCompleted();
        }

        private static void awaitUninterruptibly(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private interface Deed {
        void run(OneLoop one, Service service, ManagedChannel channel) throws Exception;
    }

    private static void withServer(Deed deed) throws Exception {
        try (OneLoop one = OneLoop.open(KEPT)) {
            Service service = new Service();
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .executor(one.loop().executor())
                    .addService(service.definition())
                    .build()
                    .start();
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                    .usePlaintext()
                    .executor(one.loop().executor())
                    .build();
            try {
                deed.run(one, service, channel);
            } finally {
                service.givenUp.countDown();
                channel.shutdownNow().awaitTermination(20, TimeUnit.SECONDS);
                server.shutdownNow().awaitTermination(20, TimeUnit.SECONDS);
            }
        }
    }

    private static String call(ManagedChannel channel, MethodDescriptor<String, String> method, CallOptions options) {
        return ClientCalls.blockingUnaryCall(channel, method, options, "hello");
    }

    @Test
    void aCrowdOfCallsWaitsAtTheSameTimeAtBothEnds() throws Exception {
        withServer((one, service, channel) -> assertEquals(
                Collections.nCopies(CROWD, "hello"),
                one.all(CROWD, number -> call(channel, TOGETHER, CallOptions.DEFAULT))));
    }

    @Test
    void streamsOfManyArriveInOrder() throws Exception {
        withServer((one, service, channel) -> one.all(20, number -> {
            Iterator<String> answers =
                    ClientCalls.blockingServerStreamingCall(channel, COUNT, CallOptions.DEFAULT, "100");
            List<Integer> seen = new ArrayList<>();
            answers.forEachRemaining(answer -> seen.add(Integer.valueOf(answer)));
            assertEquals(IntStream.range(0, 100).boxed().toList(), seen);
            return number;
        }));
    }

    @Test
    void killsAndDeadlinesEndCalls() throws Exception {
        withServer((one, service, channel) -> {
            Greenlet<String> victim = one.spawn(() -> call(channel, NEVER, CallOptions.DEFAULT));
            service.waiting.acquire();
            victim.kill();
            assertInstanceOf(
                    Outcome.Cancelled.class, one.outcomes(List.of(victim)).getFirst());
            one.call(() -> assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(Duration.ofMillis(50), () -> call(channel, NEVER, CallOptions.DEFAULT))));
            StatusRuntimeException own = one.call(() -> assertThrows(
                    StatusRuntimeException.class,
                    () -> call(channel, NEVER, CallOptions.DEFAULT.withDeadlineAfter(50, TimeUnit.MILLISECONDS))));
            assertEquals(Status.Code.DEADLINE_EXCEEDED, own.getStatus().getCode());
        });
    }
}
