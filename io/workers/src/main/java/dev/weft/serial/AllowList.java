package dev.weft.serial;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The classes whose objects may be written and read. A class on the list stands for the classes nested in it and for the lambdas
 * that it declares. Values and collections of the JDK, and exceptions of the JDK and of Weft, are always allowed.
 */
final class AllowList {
    private static final Set<String> VALUES = Set.of(
            RecordedFailure.class.getName(),
            SentFailure.class.getName(),
            "java.lang.Boolean",
            "java.lang.Byte",
            "java.lang.Character",
            "java.lang.Double",
            "java.lang.Enum",
            "java.lang.Float",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Number",
            "java.lang.Object",
            "java.lang.Short",
            "java.lang.StackTraceElement",
            "java.lang.String",
            "java.lang.StringBuilder",
            "java.lang.StringBuffer",
            "java.lang.invoke.SerializedLambda",
            "java.lang.reflect.Proxy",
            "java.net.InetAddress",
            "java.net.Inet4Address",
            "java.net.Inet6Address",
            "java.net.InetSocketAddress",
            "java.net.SocketAddress",
            "java.net.URI");

    /** Their classes run no code of others but the comparators and hash codes of what is allowed. */
    private static final Set<String> PACKAGES = Set.of(
            "java.math",
            "java.time",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "java.util.concurrent.locks");

    private final Set<String> classes;
    private final Set<String> packages;

    private AllowList(Set<String> classes, Set<String> packages) {
        this.classes = Set.copyOf(classes);
        this.packages = Set.copyOf(packages);
    }

    static AllowList of(List<String> classes, List<String> packages) {
        Set<String> allClasses = new LinkedHashSet<>(VALUES);
        allClasses.addAll(classes);
        Set<String> allPackages = new LinkedHashSet<>(PACKAGES);
        allPackages.addAll(packages);
        return new AllowList(allClasses, allPackages);
    }

    boolean allows(Class<?> type) {
        if (type.isArray()) {
            return type.componentType().isInterface()
                    || allows(type.componentType()); // elements are checked by themselves
        }
        return type.isPrimitive() || allowsName(type.getName()) || isKnownException(type);
    }

    /** Returns whether the interfaces of a proxy are allowed. */
    boolean allowsAll(Class<?>[] interfaces) {
        return Arrays.stream(interfaces).allMatch(this::allows);
    }

    private boolean allowsName(String name) {
        int end = name.lastIndexOf('.');
        if (packages.contains(end < 0 ? "" : name.substring(0, end))) {
            return true;
        }
        for (int i = name.length(); i > 0; i = name.lastIndexOf('$', i - 1)) {
            if (classes.contains(name.substring(0, i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isKnownException(Class<?> type) {
        String name = type.getName();
        return (name.startsWith("java.") || name.startsWith("dev.weft.")) && Throwable.class.isAssignableFrom(type);
    }
}
