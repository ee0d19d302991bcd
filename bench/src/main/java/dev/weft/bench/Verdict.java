package dev.weft.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Says in words what the figures say: a sentence for each rival, and before and after them what puts the figures in doubt. */
final class Verdict {
    private Verdict() {}

    static List<String> of(Report report) {
        List<String> sentences = new ArrayList<>();
        long disturbed = report.measurements().stream()
                .filter(run -> run.load().isDisturbed())
                .count();
        if (disturbed > 0) {
            sentences.add("Beware: other processes took more than 5 % of a core in " + disturbed + " of "
                    + report.measurements().size()
                    + " runs, so these figures are in doubt; repeat this on a quiet machine.");
        }
        List<Ratio> ratios = report.ratios();
        for (Contender rival : report.settings().contenders()) {
            List<Ratio> own = ratios.stream().filter(r -> r.rival() == rival).toList();
            if (!own.isEmpty()) {
                sentences.add(against(report.subject(), rival, own));
            }
        }
        List<String> limited = report.runsLimitedByLoad().entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .map(entry -> entry.getKey().label() + " (" + entry.getValue() + " of "
                        + report.settings().rounds() + " runs)")
                .toList();
        if (!limited.isEmpty()) {
            sentences.add("The load generator, not the server, was the bottleneck for " + String.join(", ", limited)
                    + ": there the requests/s are a lower bound, and CPU per request is the figure to compare.");
        }
        return sentences;
    }

    private static String against(Contender subject, Contender rival, List<Ratio> ratios) {
        List<String> parts = new ArrayList<>();
        for (Ratio.Outcome outcome : Ratio.Outcome.values()) {
            String metrics = ratios.stream()
                    .filter(ratio -> ratio.outcome() == outcome)
                    .map(Verdict::phrase)
                    .collect(Collectors.joining(", "));
            if (!metrics.isEmpty()) {
                parts.add(outcome.name().toLowerCase(Locale.ROOT) + " on " + metrics);
            }
        }
        return "Against " + (rival == Contender.BARE ? "the " : "") + rival.label() + ", " + subject.label() + " "
                + String.join("; they ", parts) + ".";
    }

    private static String phrase(Ratio ratio) {
        String what = switch (ratio.metric()) {
            case REQUESTS_PER_SECOND -> "requests a second";
            case P99_MILLIS -> "p99 latency";
            case CPU_MICROS_PER_REQUEST -> "CPU per request";
            case RESIDENT_MIB -> "resident memory";
            default -> ratio.metric().label();
        };
        return what
                + String.format(
                        Locale.ROOT, " (%.2f times theirs)", ratio.spread().median());
    }
}
