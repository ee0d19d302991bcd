package dev.weft.shared;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An owner that lives in another process, which knows it by a number. */
record DistantOwner<S>(OwnerHandle handle, OwnerClient client) implements SharedOwner<S> {
    @Override
    public <R extends @Nullable Object, X extends Exception> R ask(Question<? super S, ? extends R, X> question) {
        return answer(Objects.requireNonNull(question, "question"), null);
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> R ask(
            Question<? super S, ? extends R, X> question, Duration timeout) {
        return answer(Objects.requireNonNull(question, "question"), Objects.requireNonNull(timeout, "timeout"));
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"}) // it is what the question returned
    private <R extends @Nullable Object> R answer(Question<?, ?, ?> question, @Nullable Duration timeout) {
        return (R) client.ask(new OwnerRequest(this, question, timeout));
    }

    @Override
    public void tell(Request<? super S> request) {
        client.ask(new OwnerRequest(this, Objects.requireNonNull(request, "request"), null));
    }
}
