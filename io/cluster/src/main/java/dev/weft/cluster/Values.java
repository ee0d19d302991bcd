package dev.weft.cluster;

import dev.weft.cluster.transport.NodeId;
import dev.weft.serial.SerializationFailed;
import dev.weft.serial.Serializer;
import dev.weft.serial.Substitution;
import dev.weft.workers.Task;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Values of users as bytes: plain ones in a short form, others as their {@link Serializer} writes them, with handles in place of what
 * stays where it is. Any thread.
 */
final class Values implements Substitution {
    private static final byte SERIALIZED = 0;
    private static final byte NULL = 1;
    private static final byte STRING = 2;
    private static final byte BYTES = 3;
    private static final byte INT = 4;
    private static final byte LONG = 5;
    private static final byte TRUE = 6;
    private static final byte FALSE = 7;

    private final Cluster cluster;
    private final Serializer serializer;

    Values(Cluster cluster, Serializer.Builder settings) {
        this.cluster = cluster;
        serializer = settings.allow(NodeId.class)
                .allowPackage(Values.class.getPackageName())
                .allowPackage(Task.class.getPackageName())
                .build()
                .with(this);
    }

    @Override
    public Object outgoing(Object object) {
        return object instanceof Travelling travelling ? travelling.handle() : object;
    }

    @Override
    public Object incoming(Object object) {
        return object instanceof Travelling.Handle handle ? handle.arriveAt(cluster) : object;
    }

    /**
     * Returns {@code value} as bytes.
     *
     * @throws SerializationFailed if it cannot be; the message names the class and the cure
     */
    byte[] write(@Nullable Object value) {
        return switch (value) {
            case null -> new byte[] {NULL};
            case String text ->
                new FrameWriter(1 + text.length())
                        .putByte(STRING)
                        .putRaw(text.getBytes(StandardCharsets.UTF_8))
                        .toBytes();
            case byte[] bytes ->
                new FrameWriter(1 + bytes.length).putByte(BYTES).putRaw(bytes).toBytes();
            case Integer number ->
                new FrameWriter(5).putByte(INT).putInt(number).toBytes();
            case Long number -> new FrameWriter(9).putByte(LONG).putLong(number).toBytes();
            case Boolean truth -> new byte[] {truth ? TRUE : FALSE};
            default -> {
                byte[] bytes = serializer.write(value);
                yield new FrameWriter(1 + bytes.length)
                        .putByte(SERIALIZED)
                        .putRaw(bytes)
                        .toBytes();
            }
        };
    }

    /**
     * Returns the value that the rest of {@code frame} was written from.
     *
     * @throws SerializationFailed if its class is not allowed here, or is missing
     */
    @Nullable Object read(FrameReader frame) {
        byte form = frame.getByte();
        return switch (form) {
            case SERIALIZED -> serializer.read(frame.rest());
            case NULL -> null;
            case STRING -> new String(frame.rest(), StandardCharsets.UTF_8);
            case BYTES -> frame.rest();
            case INT -> frame.getInt();
            case LONG -> frame.getLong();
            case TRUE -> true;
            case FALSE -> false;
            default -> throw new FrameReader.Garbled("no value has form " + form);
        };
    }

    /** Returns {@code failure} as bytes, whole. Never fails. */
    byte[] writeFailure(Throwable failure) {
        return serializer.writeFailure(failure);
    }

    /** Returns the failure that the rest of {@code frame} was written from. */
    Throwable readFailure(FrameReader frame) {
        return serializer.readFailure(frame.rest());
    }
}
