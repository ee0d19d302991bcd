package dev.weft.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.management.GroupMXBean;
import dev.weft.management.GroupOperations;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.MBeanServerDelegate;
import javax.management.MBeanServerNotification;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bean of a group, as a monitoring tool in the same JVM sees it. */
@Timeout(60)
final class GroupBeanTest {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final NotificationListener listener = (event, handback) -> {
        MBeanServerNotification change = (MBeanServerNotification) event;
        if (change.getMBeanName().getDomain().equals("dev.weft")) {
            events.add((event.getType().equals(MBeanServerNotification.REGISTRATION_NOTIFICATION) ? "+" : "-")
                    + change.getMBeanName().getKeyProperty("name"));
        }
    };

    @BeforeEach
    void listen() throws Exception {
        server.addNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener, null, null);
    }

    @AfterEach
    void stopListening() throws Exception {
        server.removeNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener);
    }

    /** Waits for the registration, or the end of one, of beans that have these names, in any order of others. */
    private void await(String... expected) throws Exception {
        Set<String> missing = new java.util.HashSet<>(Set.of(expected));
        while (!missing.isEmpty()) {
            missing.remove(events.take());
        }
    }

    private static ObjectName nameOf(String group) throws Exception {
        return new ObjectName("dev.weft:type=Group,name=" + group);
    }

    @Test
    void aGroupHasABeanFromASecondAfterItsStartUntilItsEnd() throws Exception {
        try (LoopGroup group = LoopGroup.builder().name("seen").open()) {
            await("+seen");
            assertTrue(server.isRegistered(nameOf("seen")), group.toString());
        }
        await("-seen");
        assertFalse(server.isRegistered(nameOf("seen")));
    }

    @Test
    void groupsOfTheSameNameAreNumbered() throws Exception {
        try (LoopGroup first = LoopGroup.builder().name("twin").open();
                LoopGroup second = LoopGroup.builder().name("twin").open()) {
            await("+twin", "+twin-2");
            assertTrue(server.isRegistered(nameOf("twin-2")), first + " and " + second);
        }
        await("-twin", "-twin-2");
    }

    @Test
    void aNameThatBeansMayNotHaveIsQuoted() throws Exception {
        try (LoopGroup group = LoopGroup.builder().name("a,b=*").open()) {
            await("+" + ObjectName.quote("a,b=*"));
            assertTrue(server.isRegistered(nameOf(ObjectName.quote("a,b=*"))), group.toString());
        }
    }

    @Test
    void attributesAreOpenTypes() throws Exception {
        try (LoopGroup group = LoopGroup.builder().name("open").loops(2).open()) {
            group.spawn(() -> Weft.sleep(Duration.ofDays(1)));
            await("+open");
            ObjectName name = nameOf("open");
            TabularData loops = assertInstanceOf(TabularData.class, server.getAttribute(name, "Loops"));
            CompositeData row = loops.get(new Object[] {"open-0"});
            CompositeData loop = assertInstanceOf(CompositeData.class, row.get("value"));
            assertEquals(1, loop.get("waiting"));
            assertTrue(assertInstanceOf(Double.class, loop.get("idleSecondsTotal")) > 0);
            TabularData greenlets = assertInstanceOf(TabularData.class, server.getAttribute(name, "Greenlets"));
            assertEquals(1, greenlets.get(new Object[] {"waiting"}).get("value"));
            assertInstanceOf(TabularData.class, server.getAttribute(name, "Pools"));
            assertInstanceOf(String[].class, server.getAttribute(name, "Verdicts"));
            assertInstanceOf(String[].class, server.getAttribute(name, "Lints"));
            assertEquals(GroupOperations.FORMAT, server.getAttribute(name, "Format"));
        }
    }

    @Test
    void utilizationIsThatOfTheLastSecond() throws Exception {
        try (LoopGroup group = LoopGroup.builder().name("load").open()) {
            await("+load");
            GroupMXBean bean = JMX.newMXBeanProxy(server, nameOf("load"), GroupMXBean.class);
            group.spawn("worker", () -> {
                while (true) {
                    Weft.yieldNow();
                }
            });
            while (bean.getLoops().values().iterator().next().utilization() < 0.9) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void killNeedsPermission() throws Exception {
        try (LoopGroup group = LoopGroup.builder().name("guarded").open()) {
            var greenlet = group.spawn(() -> Weft.sleep(Duration.ofDays(1)));
            await("+guarded");
            GroupMXBean bean = JMX.newMXBeanProxy(server, nameOf("guarded"), GroupMXBean.class);
            assertFalse(bean.isKillAllowed());
            UnsupportedOperationException refusal = assertThrows(
                    UnsupportedOperationException.class,
                    () -> bean.kill(greenlet.thread().threadId(), "test"));
            assertTrue(String.valueOf(refusal.getMessage()).contains("-Dweft.sight.kill=true"));
            assertFalse(greenlet.state().isDone());
        }
    }

    @Test
    void aPermittedKillEndsTheGreenlet() throws Exception {
        try (LoopGroup group =
                LoopGroup.builder().name("open-house").killableFromOutside().open()) {
            var greenlet = group.spawn(() -> Weft.sleep(Duration.ofDays(1)));
            await("+open-house");
            GroupMXBean bean = JMX.newMXBeanProxy(server, nameOf("open-house"), GroupMXBean.class);
            assertTrue(bean.kill(greenlet.thread().threadId(), "the reason"));
            var cancelled = assertThrows(dev.weft.Cancelled.class, greenlet::join);
            assertTrue(String.valueOf(cancelled.getMessage()).contains("the reason"), cancelled.getMessage());
            assertFalse(bean.kill(greenlet.thread().threadId(), "again"));
        }
    }

    @Test
    void pagesContainEveryGreenletOnce() throws Exception {
        try (LoopGroup group = LoopGroup.builder().name("pages").loops(2).open()) {
            for (int i = 0; i < 25; i++) {
                group.spawn("sleeper-" + i, () -> Weft.sleep(Duration.ofDays(1)));
            }
            await("+pages");
            GroupMXBean bean = JMX.newMXBeanProxy(server, nameOf("pages"), GroupMXBean.class);
            StringBuilder all = new StringBuilder();
            long after = 0;
            for (String page = bean.page("", after, 10, false);
                    !page.equals("[]");
                    page = bean.page("", after, 10, false)) {
                all.append(page);
                after = lastId(page);
            }
            for (int i = 0; i < 25; i++) {
                assertEquals(2, all.toString().split("\"sleeper-" + i + "\"", -1).length, "sleeper-" + i);
            }
        }
    }

    private static long lastId(String page) {
        String last = page.substring(page.lastIndexOf("{\"id\":") + 6);
        return Long.parseLong(last.substring(0, last.indexOf(',')));
    }
}
