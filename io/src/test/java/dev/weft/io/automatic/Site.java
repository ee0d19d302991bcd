package dev.weft.io.automatic;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.weft.Greenlet;
import dev.weft.Loop;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/**
 * What the servers under test serve: blocking code that uses only the JDK, and insists on being run by a greenlet of its
 * loop. Greenlets of one loop need no lock for its counters; the latches and semaphores are for tests on other threads.
 *
 * <pre>
 * GET  /hello/NAME   "hello NAME"
 * GET  /fine         "fine"
 * POST /echo         the body
 * GET  /together     "together", once as many requests as the crowd has are inside at the same time
 * GET  /never        nothing, ever
 * </pre>
 */
final class Site {
    private final Loop loop;
    private final CountDownLatch crowd;
    private final CountDownLatch givenUp = new CountDownLatch(1);
    private int inside;
    private int mostInside;
    final Semaphore waiting = new Semaphore(0); // a permit for each request for /never that was begun
    final Semaphore broken = new Semaphore(0); // a permit for each request that has failed

    Site(Loop loop, int crowd) {
        this.loop = loop;
        this.crowd = new CountDownLatch(crowd);
    }

    /** How many requests were inside at one time. */
    int mostInside() {
        return mostInside;
    }

    /** Ends the requests for {@code /never}, whose clients may have left: no server looks for that while it waits. */
    void giveUp() {
        givenUp.countDown();
    }

    byte[] answer(String path, InputStream body) throws IOException {
        Greenlet<?> greenlet = Greenlet.current(); // throws on other threads
        if (greenlet.loop() != loop) {
            throw new IllegalStateException(greenlet + " is not of loop " + loop.name());
        }
        mostInside = Math.max(mostInside, ++inside);
        boolean done = false;
        try {
            byte[] answer = answerInside(path, body);
            done = true;
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            inside--;
            if (!done) {
                broken.release();
            }
        }
    }

    private byte[] answerInside(String path, InputStream body) throws IOException, InterruptedException {
        if (path.startsWith("/hello/")) {
            return ("hello " + path.substring("/hello/".length())).getBytes(US_ASCII);
        }
        return switch (path) {
            case "/fine" -> "fine".getBytes(US_ASCII);
            case "/echo" -> body.readAllBytes();
            case "/together" -> {
                crowd.countDown();
                crowd.await();
                yield "together".getBytes(US_ASCII);
            }
            case "/never" -> {
                waiting.release();
                givenUp.await();
                throw new IOException("given up");
            }
            default -> throw new IOException("no such page: " + path);
        };
    }
}
