package dev.weft.io.javanet;

import dev.weft.LoopGroup;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** On what a socket is used. */
enum Party {
    GREENLET {
        @Override
        Thread start(LoopGroup group, Runnable body) {
            return group.loops().get(0).spawn(body::run).thread();
        }
    },

    PLATFORM_THREAD {
        @Override
        Thread start(LoopGroup group, Runnable body) {
            return Thread.ofPlatform().daemon().start(body);
        }
    },

    GREENLET_OF_ANOTHER_LOOP {
        @Override
        Thread start(LoopGroup group, Runnable body) {
            return group.loops().get(1).spawn(body::run).thread();
        }
    },

    VIRTUAL_THREAD {
        @Override
        Thread start(LoopGroup group, Runnable body) throws Exception {
            // Made by a platform thread: inside a greenlet it would be a greenlet too.
            CompletableFuture<Thread> made = new CompletableFuture<>();
            Thread.ofPlatform().daemon().start(() -> made.complete(Thread.startVirtualThread(body)));
            return made.get();
        }
    };

    abstract Thread start(LoopGroup group, Runnable body) throws Exception;

    /** Something that runs on a party. */
    record Task<T>(Thread thread, CompletableFuture<T> end) {
        /** What it returned, or what it threw. */
        T join() throws Exception {
            try {
                return end.get();
            } catch (java.util.concurrent.ExecutionException e) {
                if (e.getCause() instanceof Exception exception) {
                    throw exception;
                }
                throw (Error) e.getCause();
            }
        }

        /** Lets others run until it waits: parked, or in a system call of the JDK's sockets. */
        void untilWaiting() {
            while (!isWaiting()) {
                if (end.isDone()) {
                    throw new AssertionError("has not waited, but ended with " + end);
                }
                Thread.yield();
            }
        }

        private boolean isWaiting() {
            Thread.State state = thread.getState();
            if (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING) {
                return true;
            }
            StackTraceElement[] stack = thread.getStackTrace();
            return stack.length > 0
                    && stack[0].isNativeMethod()
                    && stack[0].getClassName().startsWith("sun.nio.ch.");
        }
    }

    <T> Task<T> start(LoopGroup group, Callable<T> body) throws Exception {
        CompletableFuture<T> end = new CompletableFuture<>();
        Thread thread = start(group, () -> {
            try {
                end.complete(body.call());
            } catch (Throwable t) {
                end.completeExceptionally(t);
            }
        });
        return new Task<>(thread, end);
    }
}
