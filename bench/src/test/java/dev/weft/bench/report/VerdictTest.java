package dev.weft.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.bench.rival.Contender;
import dev.weft.bench.suite.Runs;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {
    @Test
    void saysWhoWonByHowMuch() {
        assertEquals(
                Optional.of(
                        "Result for echo, 64 B, 1,000 connections: the winner is greenlets; greenlets served 20 % more"
                                + " requests per second than virtual threads (from 10 % more to 50 % more over 3 rounds), with 100 % of"
                                + " their CPU time per request and 100 % of their p99 latency."),
                Verdict.of(Samples.of(150_000, 110_000, 120_000)));
    }

    @Test
    void namesTheRivalThatWon() {
        String sentence = Verdict.of(Samples.of(80_000, 90_000)).orElseThrow();
        assertTrue(sentence.contains("the winner is virtual threads; greenlets served 15 % fewer"), sentence);
    }

    @Test
    void aDifferenceThatIsNotInAllRoundsHasNoWinner() {
        String sentence = Verdict.of(Samples.of(99_000, 110_000)).orElseThrow();
        assertTrue(sentence.contains("there is no clear winner"), sentence);
        assertTrue(sentence.contains("(from 1 % fewer to 10 % more over 2 rounds)"), sentence);
    }

    @Test
    void withoutARivalThereIsNone() {
        assertEquals(
                Optional.empty(),
                Verdict.of(Samples.of(
                        List.of(Samples.ECHO), List.of(Runs.of(Samples.ECHO, Contender.GREENLETS, 1, 100_000)))));
    }
}
