package dev.weft.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.scheduler.RunOrder;
import dev.weft.scheduler.Scheduler;
import dev.weft.spi.Clock;
import dev.weft.spi.Poller;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class EventLoopTest {
    /** An owner, or a poller, that answers no to everything. */
    private static <T> T idle(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> method.getReturnType() == boolean.class ? Boolean.FALSE : null));
    }

    @Test
    void newsForALoopThatExitsWhileItIsPostedIsNotLostUnseen() {
        EventLoop.Owner owner = idle(EventLoop.Owner.class); // says that the loop is not over
        Scheduler scheduler = new Scheduler(owner, Clock.system(), RunOrder.FIFO, idle(Poller.class));
        EventLoop loop = new EventLoop(owner, "exiting", () -> {}, 0, scheduler, null);
        scheduler.die(); // as it has just become
        List<String> happened = new ArrayList<>();
        Runnable news = () -> happened.add("told");
        List<Object> reported = new ArrayList<>();
        loop.tell(news, () -> {
            happened.add("is over");
            reported.add(ActionBody.written(Objects.requireNonNull(scheduler.event())));
        });
        assertEquals(List.of("is over"), happened);
        assertEquals(List.of(news.getClass()), reported, "how a report of the event names it");
    }
}
