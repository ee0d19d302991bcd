package dev.weft.sync;

import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A question from outside the home loop that the home answers at once, so the caller waits only for the way there and back. */
final class HomeQuery<T extends @Nullable Object> extends CrossLoopAwaitable<T> {
    private final Supplier<? extends T> question;
    private final String description;

    /** Creates a query; {@code question} runs at home and may change the object, as nothing can withdraw the answer. */
    HomeQuery(HomeGateway gateway, Supplier<? extends T> question, String description) {
        super(gateway);
        this.question = question;
        this.description = description;
    }

    @Override
    void subscribeAtHome(Waiter<? super T> waiter) {
        if (waiter.tryClaim()) {
            waiter.succeed(question.get());
        }
    }

    @Override
    void unsubscribeAtHome(Waiter<? super T> waiter) {}

    @Override
    public Owners owners() {
        return Owners.outside(Owners.Kind.OTHER, this);
    }

    @Override
    public String toString() {
        return description;
    }
}
