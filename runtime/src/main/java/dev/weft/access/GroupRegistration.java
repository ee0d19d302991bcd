package dev.weft.access;

import dev.weft.log.RuntimeLog;
import dev.weft.management.GroupMXBean;
import dev.weft.spi.RuntimeThread;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * The registration of a group's bean. It is made on a thread of its own, as the first use of the MBean server takes a tenth of a
 * second and locks that greenlets take too; the watch must wait for neither.
 */
final class GroupRegistration implements AutoCloseable {
    private static final ObjectName CLOSED = name("closed");

    private final AtomicReference<@Nullable ObjectName> registered = new AtomicReference<>();

    /** Begins to register {@code bean} for the group called {@code group}. Returns at once. */
    static GroupRegistration begin(String group, GroupMXBean bean) {
        GroupRegistration registration = new GroupRegistration();
        new RuntimeThread(group + "-registration", () -> registration.register(group, bean)).start();
        return registration;
    }

    private void register(String group, GroupMXBean bean) {
        try {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            ObjectName name = registerAsFirstFree(server, group, bean);
            if (!registered.compareAndSet(null, name)) {
                unregister(server, name); // the group was closed meanwhile
            }
        } catch (JMException | RuntimeException e) {
            RuntimeLog.error("group " + group + " cannot be seen by tools: its bean was not registered", e);
        }
    }

    private static ObjectName registerAsFirstFree(MBeanServer server, String group, GroupMXBean bean)
            throws JMException {
        for (int number = 1; ; number++) {
            ObjectName name = name(number == 1 ? group : group + "-" + number);
            try {
                server.registerMBean(bean, name);
                return name;
            } catch (InstanceAlreadyExistsException e) {
                // Groups often have the default name; try the next one.
            }
        }
    }

    private static ObjectName name(String group) {
        try {
            return new ObjectName("dev.weft:type=Group,name=" + quoted(group));
        } catch (JMException e) {
            throw new IllegalArgumentException(group, e);
        }
    }

    /** Returns {@code group} as it is unless it has characters that a name may not contain. */
    private static String quoted(String group) {
        return group.matches("[^,=:\"*?\\n]+") ? group : ObjectName.quote(group);
    }

    private static void unregister(MBeanServer server, ObjectName name) {
        try {
            server.unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            // Somebody else has removed it.
        } catch (JMException | RuntimeException e) {
            RuntimeLog.error("the bean " + name + " was not unregistered", e);
        }
    }

    @Override
    public void close() {
        ObjectName name = registered.getAndSet(CLOSED);
        if (name != null && name != CLOSED) {
            unregister(ManagementFactory.getPlatformMBeanServer(), name);
        }
    }
}
