package dev.weft.shared;

import dev.weft.actor.Owner;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An owner that lives in this process. */
record LocalOwner<S>(Owner<S> owner) implements SharedOwner<S> {
    @Override
    public <R extends @Nullable Object, X extends Exception> R ask(Question<? super S, ? extends R, X> question)
            throws X {
        return owner.<R, X>ask(question);
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> R ask(
            Question<? super S, ? extends R, X> question, Duration timeout) throws X {
        return owner.<R, X>ask(question, timeout);
    }

    @Override
    public void tell(Request<? super S> request) {
        owner.tell(request);
    }
}
