package dev.weft.sight.tool;

import java.util.ArrayList;
import java.util.List;

/** Stacks as people read them. */
final class StackText {
    private static final int LONGEST_RUN = 8;
    private static final int SHOWN_OF_RUN = 3;

    private StackText() {}

    /** Returns {@code frames} without the middle of long runs in one package, as of a recursion. */
    static List<String> folded(List<String> frames) {
        List<String> folded = new ArrayList<>();
        int start = 0;
        while (start < frames.size()) {
            int end = start + 1;
            while (end < frames.size() && packageOf(frames.get(end)).equals(packageOf(frames.get(start)))) {
                end++;
            }
            add(folded, frames.subList(start, end));
            start = end;
        }
        return folded;
    }

    private static void add(List<String> folded, List<String> run) {
        if (run.size() <= LONGEST_RUN) {
            run.forEach(frame -> folded.add("at " + frame));
            return;
        }
        run.subList(0, SHOWN_OF_RUN).forEach(frame -> folded.add("at " + frame));
        folded.add("... " + (run.size() - SHOWN_OF_RUN - 1) + " frames of " + packageOf(run.get(0)));
        folded.add("at " + run.getLast());
    }

    private static String packageOf(String frame) {
        int method = frame.lastIndexOf('.', Math.max(0, frame.indexOf('(')));
        int type = frame.lastIndexOf('.', Math.max(0, method - 1));
        return frame.substring(frame.lastIndexOf('/', Math.max(0, method)) + 1, Math.max(0, type));
    }
}
