package dev.weft.diagnostics;

import dev.weft.jdk.Frames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A stack formatted for a report: the innermost frames and all frames of the application. Frames of the JDK and of libraries
 * between them are folded into a line with their number. What belongs to the application is a guess: any code whose package
 * shares its first two components with the spawn site, or with the outermost frame that is neither the JDK's nor Weft's.
 */
public final class FoldedStack {
    private static final String INDENT = "\n    ";
    private static final String INSIDE = ""; // the origin of a frame of the JDK or of Weft
    private static final int INNERMOST = 4;
    private static final int LIBRARY_EDGE = 4; // frames kept at either end of a sequence of a library's frames
    private static final int LEAST_FOLDED = 2;
    private static final int MOST_LINES = 200;

    private final StackTraceElement[] where;
    private final Set<String> home = new HashSet<>();
    private final List<String> lines = new ArrayList<>();

    private FoldedStack(StackTraceElement[] where, StackTraceElement... known) {
        this.where = where;
        for (StackTraceElement place : known) {
            home.add(originOf(place));
        }
        for (int i = where.length - 1; i >= 0; i--) {
            if (!Frames.isInside(where[i])) {
                home.add(originOf(where[i]));
                break;
            }
        }
    }

    /** Formats the stack {@code where}, innermost frame first; {@code known} are other places in the application. */
    static String lines(StackTraceElement[] where, StackTraceElement... known) {
        FoldedStack folded = new FoldedStack(withoutOurLook(where), known);
        folded.fold();
        return folded.text();
    }

    /** Removes the frames of the call that took the stack, which are there if a thread took its own. */
    private static StackTraceElement[] withoutOurLook(StackTraceElement[] where) {
        int begin = 0;
        if (where.length > 0 && where[0].getMethodName().equals("getStackTrace")) {
            while (begin < where.length && Frames.isInside(where[begin])) {
                begin++;
            }
        }
        return begin < where.length ? Arrays.copyOfRange(where, begin, where.length) : where;
    }

    private void fold() {
        int begin = 0;
        while (begin < where.length) {
            String origin = originOf(where[begin]);
            int end = begin + 1;
            while (end < where.length && originOf(where[end]).equals(origin)) {
                end++;
            }
            addRun(origin, begin, end);
            begin = end;
        }
    }

    private void addRun(String origin, int begin, int end) {
        int edge = origin.equals(INSIDE) ? 0 : LIBRARY_EDGE;
        int foldFrom = Math.max(begin + edge, INNERMOST);
        int foldTo = end - Math.max(edge, 1); // keep the outermost frame, which the code below it has called
        if ((!origin.equals(INSIDE) && home.contains(origin)) || foldTo - foldFrom < LEAST_FOLDED) {
            add(begin, end);
        } else {
            add(begin, foldFrom);
            lines.add("... " + (foldTo - foldFrom) + " frames of " + packages(foldFrom, foldTo));
            add(foldTo, end);
        }
    }

    private void add(int begin, int end) {
        for (int i = begin; i < end; i++) {
            lines.add("at " + where[i]);
        }
    }

    private String packages(int begin, int end) {
        Set<String> packages = new LinkedHashSet<>();
        for (int i = begin; i < end; i++) {
            packages.add(packageOf(where[i]));
        }
        List<String> first = List.copyOf(packages).subList(0, Math.min(packages.size(), 3));
        return String.join(", ", first) + (packages.size() > first.size() ? " and others" : "");
    }

    private static String packageOf(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.substring(0, Math.max(0, type.lastIndexOf('.')));
    }

    private static String originOf(StackTraceElement frame) {
        if (Frames.isInside(frame)) {
            return INSIDE;
        }
        String name = packageOf(frame);
        int second = name.indexOf('.', name.indexOf('.') + 1);
        return second < 0 ? name + "." : name.substring(0, second) + ".";
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        int half = MOST_LINES / 2;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.size() > MOST_LINES && i == half) {
                int left = lines.size() - MOST_LINES;
                text.append(INDENT).append("... ").append(left).append(" more lines");
                i += left;
            }
            text.append(INDENT).append(lines.get(i));
        }
        return text.toString();
    }
}
