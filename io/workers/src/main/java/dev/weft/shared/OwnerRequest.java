package dev.weft.shared;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to the process of its owner.
 *
 * @param code a {@link SharedOwner.Question} or {@link SharedOwner.Request}
 */
@SuppressWarnings("serial") // the owner is replaced by its handle
record OwnerRequest(
        SharedOwner<?> owner, Serializable code, @Nullable Duration timeout) implements Serializable {
    /** Hands the request to its owner and returns the answer. */
    @SuppressWarnings("unchecked") // the code was made for this owner
    @Nullable Object perform() throws Exception {
        SharedOwner<Object> target = (SharedOwner<Object>) owner;
        if (code instanceof SharedOwner.Request<?> request) {
            target.tell((SharedOwner.Request<Object>) request);
            return null;
        }
        SharedOwner.Question<Object, @Nullable Object, Exception> question =
                (SharedOwner.Question<Object, @Nullable Object, Exception>) code;
        return timeout == null ? target.ask(question) : target.ask(question, timeout);
    }
}
