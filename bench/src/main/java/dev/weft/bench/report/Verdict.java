package dev.weft.bench.report;

import dev.weft.bench.rival.Contender;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Says in words what the figures say: a sentence for what the subject wins, one for what it ties and one for what it loses,
 * and after them what puts the figures in doubt.
 */
final class Verdict {
    private static final int FEW = 2;

    private Verdict() {}

    static List<String> of(Results results) {
        List<String> sentences = new ArrayList<>();
        for (Ratio.Outcome outcome : Ratio.Outcome.values()) {
            sentences.add(sentence(results, outcome));
        }
        doubts(results, sentences);
        return sentences;
    }

    /** A scenario and how the subject did in it against one rival, in what decides there. */
    private record Duel(String scenario, Ratio ratio) {
        /** How far it is from a tie, whichever way. */
        double distance() {
            return Math.abs(Math.log(ratio.spread().median()));
        }

        String text() {
            return String.format(
                    Locale.ROOT,
                    "%.2f times their %s in \"%s\"",
                    ratio.spread().median(),
                    ratio.metric().words(),
                    scenario);
        }
    }

    private static String sentence(Results results, Ratio.Outcome outcome) {
        Map<Contender, List<Duel>> duels = new EnumMap<>(Contender.class);
        Map<Contender, Integer> fought = new EnumMap<>(Contender.class);
        for (Comparison comparison : results.comparisons()) {
            for (Contender rival : comparison.rivals()) {
                if (comparison.isUndecided(results.subject()) || comparison.isUndecided(rival)) {
                    continue;
                }
                Optional<Ratio> ratio = comparison.ratio(rival, comparison.decisive());
                ratio.ifPresent(decided -> {
                    fought.merge(rival, 1, Integer::sum);
                    if (decided.outcome() == outcome) {
                        duels.computeIfAbsent(rival, none -> new ArrayList<>())
                                .add(new Duel(comparison.scenario().title(), decided));
                    }
                });
            }
        }
        String what = capital(results.subject().label())
                + switch (outcome) {
                    case WIN -> " win against ";
                    case TIE -> " tie with ";
                    case LOSE -> " lose to ";
                };
        if (duels.isEmpty()) {
            return what + "nobody.";
        }
        return duels.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> -entry.getValue().size()))
                .map(entry -> entry.getKey().label() + " in " + entry.getValue().size() + " of "
                        + fought.getOrDefault(entry.getKey(), 0) + outermost(entry.getValue(), outcome))
                .collect(Collectors.joining(", ", what, "."));
    }

    private static String outermost(List<Duel> duels, Ratio.Outcome outcome) {
        return outcome == Ratio.Outcome.TIE
                ? ""
                : duels.stream()
                        .max(Comparator.comparingDouble(Duel::distance))
                        .map(duel -> " (" + (duels.size() > 1 ? "at the utmost " : "") + duel.text() + ")")
                        .orElse("");
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    private static void doubts(Results results, List<String> sentences) {
        long runs = results.comparisons().stream()
                .mapToLong(one -> one.runs().size())
                .sum();
        long disturbed = results.comparisons().stream()
                .flatMap(one -> one.runs().stream())
                .filter(run -> run.load().isDisturbed())
                .count();
        if (disturbed > 0) {
            sentences.add(
                    "Beware: other programs, or the host of this virtual machine, took more than 5 % of a core in "
                            + disturbed + " of " + runs
                            + " runs, so those figures are in doubt; repeat this on a quiet machine.");
        }
        String limited = results.comparisons().stream()
                .map(Verdict::limited)
                .flatMap(Optional::stream)
                .collect(Collectors.joining(", "));
        if (!limited.isEmpty()) {
            sentences.add("The load generator, not the server, was the bottleneck for " + limited
                    + ": there the requests/s are a lower bound, and CPU per request is the figure to compare.");
        }
    }

    /** For whom the load generator was the bottleneck: by name, if they are few. */
    private static Optional<String> limited(Comparison comparison) {
        List<Contender> all = comparison.contenders();
        List<Contender> limited = all.stream()
                .filter(contender -> comparison.runsLimitedByLoad(contender) > 0)
                .toList();
        if (limited.isEmpty()) {
            return Optional.empty();
        }
        String who = limited.size() > FEW
                ? limited.size() + " of " + all.size() + " contenders"
                : limited.stream().map(Contender::label).collect(Collectors.joining(" and "));
        long runs = limited.stream().mapToLong(comparison::runsLimitedByLoad).sum();
        return Optional.of(who + " in \"" + comparison.scenario().title() + "\" (" + runs + " of "
                + limited.stream()
                        .mapToLong(contender -> comparison.runsOf(contender).size())
                        .sum()
                + " runs)");
    }
}
