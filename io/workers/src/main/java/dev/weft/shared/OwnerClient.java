package dev.weft.shared;

import dev.weft.serial.CallSite;
import dev.weft.serial.Serializer;
import dev.weft.serial.Substitution;
import dev.weft.spi.Sneaky;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The way to the owners of a peer, for those that were received from it. For authors of carriers. Any thread. */
public final class OwnerClient implements Substitution {
    private final Serializer serializer;
    private final Link link;

    /** A connection to the peer, which passes requests to {@link OwnerServer#answer}. */
    @FunctionalInterface
    public interface Link {
        /** Sends {@code request} and waits for its answer: a greenlet yields, a thread blocks. Any thread. */
        byte[] exchange(byte[] request);
    }

    /** Creates one for a peer with which {@code serializer} is used. */
    public OwnerClient(Serializer serializer, Link link) {
        this.serializer = serializer.with(this);
        this.link = Objects.requireNonNull(link, "link");
    }

    /** Returns the serializer that must be used, which receives owners in place of handles. */
    public Serializer serializer() {
        return serializer;
    }

    @Override
    public Object outgoing(Object object) {
        return object instanceof DistantOwner<?> owner ? owner.handle() : object;
    }

    @Override
    public Object incoming(Object object) {
        return object instanceof OwnerHandle handle ? new DistantOwner<>(handle, this) : object;
    }

    @Nullable Object ask(OwnerRequest request) {
        OwnerAnswer answer =
                (OwnerAnswer) Objects.requireNonNull(serializer.read(link.exchange(serializer.write(request))));
        if (answer.failure() == null) {
            return answer.answer();
        }
        throw Sneaky.rethrow(CallSite.of("the owner").addTo(serializer.readFailure(answer.failure())));
    }
}
