package dev.weft.sight.tool;

import dev.weft.management.GroupMXBean;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** A program that is asked through the beans of its groups. */
final class JmxProgram implements Program {
    private static final Duration PATIENCE = Duration.ofSeconds(2); // a group is shown a second after its start
    private static final long PAUSE_NANOS = 50_000_000;
    private static final String GROUPS = "dev.weft:type=Group,name=*";

    private final String name;
    private final JMXConnector connector;
    private final MBeanServerConnection connection;

    private JmxProgram(String name, JMXConnector connector) throws IOException {
        this.name = name;
        this.connector = connector;
        connection = connector.getMBeanServerConnection();
    }

    @SuppressWarnings("BanJNDI") // the address comes from the program's own agent
    static JmxProgram open(long pid) {
        try (JvmProcess process = JvmProcess.attach(pid)) {
            JMXServiceURL address = new JMXServiceURL(process.localAgent());
            return new JmxProgram("process " + pid, JMXConnectorFactory.connect(address));
        } catch (IOException e) {
            throw new ToolFailure("process " + pid + " does not answer: " + e + "; it has ended or is suspended", e);
        }
    }

    @Override
    public MBeanServerConnection connection() {
        return connection;
    }

    @Override
    public List<Group> groups() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Set<ObjectName> names = names();
        while (names.isEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
            names = names();
        }
        if (names.isEmpty()) {
            throw new ToolFailure(
                    name + " shows no group of loops; either it does not use Weft, or all its groups are closed."
                            + " \"weft ps\" lists the programs that have one");
        }
        return names.stream().map(this::group).toList();
    }

    private Set<ObjectName> names() {
        try {
            return new TreeSet<>(connection.queryNames(new ObjectName(GROUPS), null));
        } catch (IOException e) {
            throw new ToolFailure(name + " does not answer: " + e + "; it has ended or is suspended", e);
        } catch (MalformedObjectNameException e) {
            throw new AssertionError(e);
        }
    }

    private Group group(ObjectName bean) {
        GroupMXBean proxy = JMX.newMXBeanProxy(connection, bean, GroupMXBean.class);
        return new Group(name, unquoted(bean.getKeyProperty("name")), proxy).ofThisFormat();
    }

    private static String unquoted(String name) {
        return name.startsWith("\"") ? ObjectName.unquote(name) : name;
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException e) {
            // The program has ended, and the connection with it.
        }
    }
}
