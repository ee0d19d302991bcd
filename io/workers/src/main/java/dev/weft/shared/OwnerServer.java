package dev.weft.shared;

import dev.weft.serial.Serializer;
import dev.weft.serial.Substitution;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The owners of this process that others know, because a {@link SharedOwner} was sent to them, and their answers. For authors of
 * carriers. Any thread.
 */
public final class OwnerServer implements Substitution {
    private final Serializer serializer;
    private final Map<SharedOwner<?>, OwnerHandle> handles = new HashMap<>(); // guards itself and the list
    private final List<SharedOwner<?>> owners = new ArrayList<>(); // by number

    /** Creates one for peers with which {@code serializer} is used. */
    public OwnerServer(Serializer serializer) {
        this.serializer = serializer.with(this);
    }

    /** Returns the serializer that must be used, which sends handles in place of owners. */
    public Serializer serializer() {
        return serializer;
    }

    @Override
    public Object outgoing(Object object) {
        return object instanceof LocalOwner<?> owner ? handleOf(owner) : object;
    }

    private OwnerHandle handleOf(LocalOwner<?> owner) {
        synchronized (handles) {
            return handles.computeIfAbsent(owner, added -> {
                owners.add(added);
                return new OwnerHandle(owners.size() - 1);
            });
        }
    }

    @Override
    public Object incoming(Object object) {
        return object instanceof OwnerHandle handle ? ownerOf(handle) : object;
    }

    private SharedOwner<?> ownerOf(OwnerHandle handle) {
        synchronized (handles) {
            if (handle.number() < 0 || handle.number() >= owners.size()) {
                throw new IllegalArgumentException("no owner has number " + handle.number());
            }
            return owners.get((int) handle.number());
        }
    }

    /**
     * Hands a peer's request to its owner and returns what must be sent back, be it an answer or a failure. The calling greenlet
     * yields or the calling thread blocks until the owner has answered; if it is cancelled, that is the answer.
     */
    public byte[] answer(byte[] request) {
        try {
            return answered(((OwnerRequest) Objects.requireNonNull(serializer.read(request))).perform());
        } catch (Throwable t) {
            return serializer.write(new OwnerAnswer(null, serializer.writeFailure(t)));
        }
    }

    private byte[] answered(@Nullable Object answer) {
        return serializer.write(new OwnerAnswer(answer, null));
    }
}
