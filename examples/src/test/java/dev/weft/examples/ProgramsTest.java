package dev.weft.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.NoGreenletLeaks;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples that end by themselves, in this JVM. */
@ExtendWith(NoGreenletLeaks.class)
class ProgramsTest {

    @Test
    void helloGreets() throws Throwable {
        assertEquals(List.of("hello ...", "... world"), output(() -> Hello.main(new String[0])));
    }

    @Test
    void theClientReconnectsUntilItHasAllLines() throws Throwable {
        assertEquals(
                List.of(
                        "attempt 1 failed",
                        "attempt 2 failed",
                        "attempt 3 failed",
                        "first line",
                        "second line",
                        "the connection is lost",
                        "first line"),
                output(() -> ReconnectingClient.main(new String[] {"3"})));
    }

    @Test
    void theSupervisorRestartsWhatHasFailedAndWhatDependsOnIt() throws Throwable {
        assertEquals(
                List.of(
                        "3 apples: 7 left",
                        "2 apples: 5 left",
                        "child stock of supervisor shop has ended",
                        "100 apples: no answer",
                        "4 apples: 6 left",
                        "stock, restarts: 1",
                        "server, restarts: 1"),
                output(() -> HealingTree.main(new String[0])));
    }

    @Test
    void theComponentsOfAPipelineRunOnWhatTheArgumentSays() throws Throwable {
        for (String carrier : List.of("greenlet", "thread", "process")) {
            List<String> lines = output(() -> ComponentPipeline.main(new String[] {carrier}));
            assertEquals(List.of("COMPONENTS", "KNOW", "NOTHING", "OF", "EACH", "OTHER"), lines.subList(0, 6));
            assertTrue(lines.contains("  Words: ENDED on " + carrier), lines::toString);
        }
    }

    @Test
    void pingAndPongAlternate() throws Throwable {
        assertEquals(List.of("ping 1", "pong 1", "ping 2", "pong 2"), output(() -> PingPong.main(new String[] {"2"})));
    }

    @Test
    void theConsumerGetsAllInOrderAndTheFullQueueHoldsTheProducerBack() throws Throwable {
        List<String> lines = output(() -> ProducerConsumer.main(new String[] {"50"})).stream()
                .map(String::strip)
                .toList();
        assertEquals("the sum is 1275", lines.get(100));
        assertEquals(IntStream.rangeClosed(1, 50).mapToObj(i -> "produced " + i).toList(), only("produced", lines));
        assertEquals(IntStream.rangeClosed(1, 50).mapToObj(i -> "consumed " + i).toList(), only("consumed", lines));
        int ahead = 0;
        for (String line : lines.subList(0, 100)) {
            ahead += line.startsWith("produced") ? 1 : -1;
            assertTrue(ahead <= 3, lines::toString); // two in the queue, one that is taken and not yet told
        }
    }

    private static List<String> only(String word, List<String> lines) {
        return lines.stream().filter(line -> line.startsWith(word)).toList();
    }

    @Test
    void thePoolDoesAllJobsAndShortOnesOvertakeLongOnes() throws Throwable {
        List<String> lines = output(() -> WorkerPool.main(new String[] {"7"}));
        assertEquals(8, lines.size(), lines::toString);
        assertTrue(lines.get(0).startsWith("job 2 is done"), lines::toString);
        for (int job = 1; job <= 7; job++) {
            assertEquals(1, only("job " + job + " ", lines).size(), lines::toString);
        }
        assertTrue(lines.get(7).startsWith("340 ms of work took 3 workers "), lines::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"greenlets", "threads", "processes"})
    void theSamePrimesAreCountedOnEveryCarrier(String carrier) throws Throwable {
        assertEquals(
                List.of("78498 primes, counted by 2 " + carrier),
                output(() -> CountPrimes.main(new String[] {carrier})));
    }

    @Test
    void theOwnerSellsWhatItHasAndRefusesTheRest() throws Throwable {
        assertEquals(
                List.of(
                        "sold out",
                        "sold out",
                        "sold, and there are left: 2",
                        "sold, and there are left: 6",
                        "sold, and there are left: 72"),
                output(() -> StockKeeper.main(new String[0])));
    }

    @Test
    void theFirstFailureCancelsTheRestAndComesOutOfTheScope() throws Throwable {
        assertEquals(
                List.of(
                        "fast is done",
                        "slow was cancelled and has cleaned up",
                        "the scope failed: the server has gone away",
                        "late was cancelled and has cleaned up",
                        "moved on"),
                output(() -> FirstFailure.main(new String[0])));
    }

    @Test
    void aPipelinePassesEverythingOnAndEnds() throws Throwable {
        assertEquals(List.of("the sum of 20 squares is 2870"), output(() -> Pipeline.main(new String[] {"20"})));
    }

    @Test
    void theRouteThatAnswersFirstWins() throws Throwable {
        List<String> lines = output(() -> HappyEyeballs.main(new String[0]));
        assertEquals(2, lines.size(), lines::toString);
        assertTrue(lines.get(0).startsWith("refused failed: "), lines::toString);
        assertTrue(lines.get(1).startsWith("connected: quick to /127.0.0.1:"), lines::toString);
    }

    @Test
    void downloadsWaitAtTheSameTime() throws Throwable {
        List<String> lines = output(() -> ConcurrentDownload.main(new String[] {"20"}));
        assertEquals(
                IntStream.rangeClosed(1, 20).mapToObj(i -> "this is /page" + i).toList(), lines.subList(0, 20));
        String last = lines.get(20);
        int millis = Integer.parseInt(last.replaceAll(".* took ([0-9]+) ms", "$1"));
        assertTrue(millis >= 300, last);
        assertTrue(millis < 3_000, last); // one after the other they would take six seconds
    }

    @Test
    void manyGreenletsAskADatabaseThroughPlainJdbc() throws Throwable {
        Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        try {
            String url = "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/mem:examples";
            List<String> lines = output(() -> JdbcInGreenlets.main(new String[] {url, "100"}));
            assertEquals(1, lines.size(), lines::toString);
            assertTrue(lines.get(0).startsWith("100 answers with the sum 10100 took "), lines::toString);
        } finally {
            server.stop();
        }
    }

    @Test
    void theNodesOfAClusterCrawl() throws Throwable {
        assertEquals(
                List.of("found 300 pages, loaded by 3 nodes"), output(() -> NodeCrawler.main(new String[] {"300"})));
    }

    @Test
    void theCrawlerFindsEveryPageOnce() throws Throwable {
        assertEquals(List.of("found 300 pages"), output(() -> Crawler.main(new String[] {"300"})));
    }

    @Test
    void theTreeIsWalkedInOrderAndNoFurtherThanIsAskedFor() throws Throwable {
        assertEquals(
                List.of("weft", "weft/runtime", "weft/runtime/main", "weft/runtime/main/Weft"),
                output(() -> TreeWalk.main(new String[] {"4"})));
        assertEquals(8, output(() -> TreeWalk.main(new String[0])).size());
    }

    @Test
    void fringesAreComparedInStepUpToTheFirstDifference() throws Throwable {
        List<String> lines = output(() -> SameFringe.main(new String[0]));
        assertEquals(8, lines.indexOf("[1, [2, 3]] and [[1, 4], 3]"), lines::toString);
        assertEquals("the same", lines.get(7));
        assertEquals(
                List.of("  visits 1", "  visits 1", "  visits 2", "  visits 4", "not the same"), lines.subList(9, 14));
    }

    @Test
    void taskletsRunInTheOrderOfTheChannelsPreference() throws Throwable {
        assertEquals(
                List.of(
                        "preference -1",
                        "  sends 1",
                        "  a receives 1",
                        "  sends 2",
                        "  b receives 2",
                        "preference 1",
                        "  sends 1",
                        "  sends 2",
                        "  a receives 1",
                        "  b receives 2"),
                output(() -> Tasklets.main(new String[0])));
    }

    @Test
    void auditsOfTheBankAreRightAndThePaymentWaits() throws Throwable {
        assertEquals(
                List.of(
                        "audits were right: true",
                        "neither account covers the payment: WAITING",
                        "paid, and left: 100 and 50"),
                output(() -> BankAccounts.main(new String[] {"1000"})));
    }

    @Test
    void targetsAreMadeAfterWhatTheyNeedAndTheChainOfFailuresIsTold() throws Throwable {
        List<String> lines = output(() -> DagBuild.main(new String[0]));
        assertEquals(5, lines.size(), lines::toString);
        assertEquals("made docs.html(docs.md)", lines.get(0));
        assertTrue(lines.get(4).startsWith("made app.jar("), lines::toString);
        assertEquals(
                "app.jar failed: dev.weft.sync.DependencyFailed: app.class failed, because java.lang.IllegalStateException: syntax error",
                output(() -> DagBuild.main(new String[] {"app.class"})).getLast());
    }

    @Test
    void sleepersSleepAtTheSameTimeAndAllWake() throws Throwable {
        List<String> lines = output(() -> MillionSleepers.main(new String[] {"1000", "50"}));
        assertEquals(3, lines.size(), lines::toString);
        assertTrue(
                lines.get(0).matches("1.000 greenlets sleep for 50 ms; starting them took [0-9.,]+ ms"),
                lines::toString);
        assertTrue(lines.get(1).matches("-?[0-9.,]+ MiB of heap, -?[0-9.,]+ bytes each"), lines::toString);
        String last = lines.get(2);
        assertTrue(last.matches("all have woken after [0-9.,]+ ms, the last one [0-9.,]+ ms late"), last);
        int millis = Integer.parseInt(
                last.replaceAll("all have woken after ([0-9.,]+) ms.*", "$1").replaceAll("[.,]", ""));
        assertTrue(millis >= 50, last);
        assertTrue(millis < 25_000, last); // one after the other they would take fifty seconds
    }

    @Test
    void wordsOfManyFilesAreCounted(@TempDir Path directory) throws Throwable {
        for (int i = 0; i < 50; i++) {
            Path sub = Files.createDirectories(directory.resolve("sub" + i % 5));
            Files.writeString(sub.resolve("File" + i + ".java"), "one Two two\nthree(three, three);\n");
            Files.writeString(sub.resolve("File" + i + ".txt"), "not counted");
        }
        assertEquals(
                List.of("150 three", "100 two", "50 one"),
                output(() -> WordCount.main(new String[] {directory.toString()})));
    }

    @Test
    void processesArePipedTogetherAndTheSlowOneIsKilled() throws Throwable {
        assertEquals(
                List.of("2 apple", "1 fig", "3 pear", "status 0 and 0", "the slow process was killed"),
                output(() -> Processes.main(new String[0])));
    }

    /** What {@code program} prints to standard output, line by line. */
    private static List<String> output(Executable program) throws Throwable {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, UTF_8));
        try {
            program.execute();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(UTF_8).lines().toList();
    }
}
