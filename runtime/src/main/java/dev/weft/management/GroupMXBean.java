package dev.weft.management;

import java.util.List;
import java.util.Map;

/**
 * A group of loops as tools see it: {@code weft}, jconsole, JDK Mission Control, Prometheus' JMX exporter. Each group that has been
 * open for a second has such a bean, {@code dev.weft:type=Group,name=NAME}, in the platform's MBean server, if the program has
 * the module {@code java.management}. A second group of the same name is called {@code NAME-2}. Closing the group removes the bean.
 *
 * <p>The attributes are open types, and cost some microseconds for each loop.
 */
public interface GroupMXBean extends GroupOperations {
    /** Returns the loops' figures by the loops' names. */
    Map<String, LoopFigures> getLoops();

    /** Returns how many greenlets are {@code ready}, {@code running} and {@code waiting}. */
    Map<String, Integer> getGreenlets();

    /** Returns the figures of the pools for off-loaded calls by the pools' names. */
    Map<String, PoolFigures> getPools();

    /** Returns the verdicts that stand now: greenlets that wait for each other, each as text of a few lines. */
    List<String> getVerdicts();

    /** Returns what looks wrong now, each as a line with its remedy. */
    List<String> getLints();

    /** Returns whether {@link #kill} is allowed. */
    boolean isKillAllowed();
}
