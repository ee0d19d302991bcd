package dev.weft.io.epoll;

import dev.weft.MissingFlag;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/** Access to the JDK channel internals ({@code sun.nio.ch.SelChImpl}) that a selector needs. */
final class JdkChannel {
    private static final @Nullable ReflectiveOperationException MISSING;
    private static final @Nullable MethodHandle DESCRIPTOR;
    private static final @Nullable MethodHandle KILL;

    static {
        ReflectiveOperationException missing = null;
        MethodHandle descriptor = null;
        MethodHandle kill = null;
        try {
            Class<?> internal = Class.forName("sun.nio.ch.SelChImpl");
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            descriptor = lookup.findVirtual(internal, "getFDVal", MethodType.methodType(int.class))
                    .asType(MethodType.methodType(int.class, SelectableChannel.class));
            kill = lookup.findVirtual(internal, "kill", MethodType.methodType(void.class))
                    .asType(MethodType.methodType(void.class, SelectableChannel.class));
        } catch (ReflectiveOperationException e) {
            missing = e;
        }
        MISSING = missing;
        DESCRIPTOR = descriptor;
        KILL = kill;
    }

    private JdkChannel() {}

    /**
     * Checks that this JVM permits access.
     *
     * @throws MissingFlag if it does not; the message names the required flags
     */
    static void require() {
        Module module = JdkChannel.class.getModule();
        if (MISSING != null || !module.isNativeAccessEnabled()) {
            String whose = module.isNamed() ? module.getName() : "ALL-UNNAMED";
            String flags = "--add-exports java.base/sun.nio.ch=" + whose + " --enable-native-access=" + whose;
            throw new MissingFlag(
                    "The epoll selector (-Dweft.io.selector=epoll) needs the flags " + flags
                            + " in addition to the one for greenlets.\n"
                            + "Pass them to java on the command line or, for java -jar, add \"Add-Exports:"
                            + " java.base/sun.nio.ch\" and \"Enable-Native-Access: ALL-UNNAMED\" to the jar's manifest.\n"
                            + "Tests: <argLine>" + flags + "</argLine> in Surefire, @Fork(jvmArgsAppend = {\""
                            + flags.replace(" ", "\", \"") + "\"}) in JMH.",
                    MISSING);
        }
    }

    /** Returns the file descriptor of {@code channel}. */
    static int descriptor(SelectableChannel channel) {
        try {
            return (int) required(DESCRIPTOR).invokeExact(channel);
        } catch (Throwable t) {
            throw new IllegalArgumentException("not a JDK channel, so it has no file descriptor: " + channel, t);
        }
    }

    /** Releases the descriptor of {@code channel}, which was closed while registered and is no longer registered. */
    static void kill(SelectableChannel channel) throws IOException {
        try {
            required(KILL).invokeExact(channel);
        } catch (IOException e) {
            throw e;
        } catch (Throwable t) {
            throw new IllegalStateException("the descriptor of " + channel + " could not be closed", t);
        }
    }

    private static MethodHandle required(@Nullable MethodHandle handle) {
        if (handle == null) {
            throw new IllegalStateException("require() has not been called");
        }
        return handle;
    }
}
