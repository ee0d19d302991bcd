package dev.weft.sight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The page in Chromium, and what the pages of others may not do. */
@Timeout(120)
final class ConsoleBrowserTest extends ConsoleFixture {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String EVIL = "evil.test"; // a name that the browser resolves to the loopback address

    private static ChromeDriver browser;

    @BeforeAll
    static void startBrowser() {
        for (String program : List.of("/usr/bin/chromium", "/usr/bin/chromedriver")) {
            assertTrue(
                    Files.isExecutable(Path.of(program)),
                    program + " is not there: apt-get install -y --no-install-recommends chromium chromium-driver");
        }
        ChromeOptions options = new ChromeOptions();
        options.setBinary("/usr/bin/chromium");
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--host-resolver-rules=MAP " + EVIL + " 127.0.0.1");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
                .build();
        browser = new ChromeDriver(service, options);
    }

    @AfterAll
    static void endBrowser() {
        try {
            browser.quit();
        } catch (WebDriverException e) {
            // It takes its time on a busy machine.
        }
        List<ProcessHandle> left = ProcessHandle.current().descendants().toList();
        left.forEach(ProcessHandle::destroyForcibly);
        left.forEach(process -> process.onExit().join());
    }

    @BeforeEach
    void clear() {
        complaints();
    }

    @AfterEach
    void leave() {
        browser.get("about:blank"); // the next page begins afresh
    }

    private void open(String view) {
        browser.get(console.uri() + "#" + view);
    }

    private String text() {
        return String.valueOf(browser.executeScript("return document.body.innerText"));
    }

    private void awaitText(String text) {
        await(() -> text().contains(text));
    }

    private List<String> rows() {
        try {
            return browser.findElements(By.cssSelector(".tree-body .tree-row")).stream()
                    .map(WebElement::getText)
                    .toList();
        } catch (StaleElementReferenceException e) {
            return rows(); // the page was updated meanwhile
        }
    }

    private static List<String> complaints() {
        return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(entry -> entry.getMessage())
                .toList();
    }

    private void emulate(int width, String scheme) {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** A program in which two greenlets wait for each other. */
    private void deadlock() {
        group.spawn(
                "main",
                () -> Weft.scope(scope -> {
                    List<Greenlet<?>> both = new ArrayList<>();
                    both.add(scope.spawn("inventory", () -> {
                        Weft.yieldNow();
                        both.get(1).join();
                    }));
                    both.add(scope.spawn("payments", () -> {
                        Weft.yieldNow();
                        both.get(0).join();
                    }));
                }));
    }

    @Test
    void theLoopsOfAProgramAreShown() {
        deadlock();
        open("loops");
        awaitText("shop-1");
        await(() -> browser.findElements(By.cssSelector("canvas")).size() == 2);
        await(() -> browser.findElement(By.id("status")).getText().equals("Live"));
        assertEquals("shop – Weft console", browser.getTitle());
        await(() -> text().matches("(?s).*\\d %.*")); // the utilisation, which needs two snapshots
        assertEquals(List.of(), complaints());
    }

    @Test
    void greenletsAreATreeByScopeAndBySpawnSite() {
        deadlock();
        open("greenlets");
        await(() -> rows().size() == 3);
        assertEquals(
                List.of("1", "2", "2"),
                browser.findElements(By.cssSelector(".tree-body .tree-row")).stream()
                        .map(row -> row.getAttribute("aria-level"))
                        .toList());
        browser.findElement(By.xpath("//button[.='By spawn site']")).click();
        await(() -> rows().stream().allMatch(row -> row.contains("ConsoleBrowserTest")));
        browser.findElement(By.cssSelector("input[type=search]")).sendKeys("name:payments");
        awaitText("1 of 3 greenlets");
        assertEquals(1, rows().size());
    }

    @Test
    void theTreeIsUsedByKeys() {
        deadlock();
        open("greenlets");
        await(() -> rows().size() == 3);
        WebElement first = browser.findElement(By.cssSelector(".tree-row[tabindex='0']"));
        assertTrue(first.getText().startsWith("▾"), first::getText);
        first.sendKeys(Keys.ARROW_LEFT);
        await(() -> rows().size() == 1);
        first.sendKeys(Keys.ARROW_RIGHT);
        await(() -> rows().size() == 3);
        first.sendKeys(Keys.ARROW_DOWN);
        WebElement second = browser.switchTo().activeElement();
        assertEquals("2", second.getAttribute("aria-level"));
        second.sendKeys(Keys.ENTER);
        awaitText("Who could end this wait");
    }

    @Test
    void aGreenletIsShownAndKilled() {
        use(Console.builder().allowKill());
        Greenlet<?> waiter = group.spawn("waiter", () -> Channel.rendezvous().receive());
        Greenlet<?> joiner = waiter.loop().spawn("joiner", () -> {
            waiter.join();
        });
        open("greenlets/" + waiter.thread().threadId());
        awaitText("Channel.receive");
        browser.findElement(By.cssSelector(".graph a[href$='" + joiner.thread().threadId() + "']"));
        browser.findElement(By.xpath("//button[.='Kill']")).click();
        browser.switchTo().alert().accept();
        awaitText("This greenlet has ended");
        assertEquals(Greenlet.State.CANCELLED, waiter.state());
    }

    @Test
    void aDeadlockIsNamed() {
        deadlock();
        open("findings");
        awaitText("certain");
        awaitText("inventory");
        awaitText("payments");
        await(() -> !browser.findElement(By.id("findings-count")).getText().isEmpty());
    }

    @Test
    void aHundredThousandGreenletsAreAggregated() {
        int many = 100_000;
        group.spawn(
                "crowd",
                () -> Weft.scope(scope -> {
                    for (int i = 0; i < many; i++) {
                        scope.spawn(() -> Weft.sleep(HOUR));
                    }
                }));
        open("greenlets");
        awaitText("100,001 greenlets");
        assertEquals(2, rows().size());
        browser.findElements(By.cssSelector(".tree-body .tree-row")).stream()
                .filter(row -> row.getText().contains("100,000"))
                .forEach(WebElement::click);
        await(() -> rows().size() > 100);
    }

    @ParameterizedTest
    @CsvSource({"400, light", "400, dark", "1400, light", "1400, dark"})
    void noViewIsWiderThanTheWindow(int width, String scheme) {
        deadlock();
        emulate(width, scheme);
        for (String view : List.of("loops", "greenlets", "channels", "findings", "timeline")) {
            open(view);
            await(() -> browser.findElements(By.cssSelector("main h1")).size() == 1);
            Object fits = browser.executeScript("return document.documentElement.scrollWidth <= innerWidth");
            assertEquals(true, fits, view);
        }
        assertEquals(List.of(), complaints());
    }

    @Test
    void thePageTellsThatTheConsoleHasClosed() {
        open("loops");
        awaitText("Live");
        console.close();
        awaitText("Closed");
        awaitText("The program has closed this console");
    }

    /** Serves {@code script} in a page of another origin, opens it there, and returns what it posts. */
    private String resultOf(String host, String script) throws Exception {
        CompletableFuture<String> result = new CompletableFuture<>();
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            try (exchange) {
                byte[] page = ("<!doctype html><body><script type=module>" + script + "</script>").getBytes(UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
                exchange.sendResponseHeaders(200, page.length);
                exchange.getResponseBody().write(page);
            }
        });
        other.createContext("/result", exchange -> {
            try (exchange) {
                result.complete(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
                exchange.sendResponseHeaders(204, -1);
            }
        });
        other.start();
        try {
            browser.get("http://" + host + ":" + other.getAddress().getPort() + "/");
            return result.join();
        } finally {
            other.stop(0);
        }
    }

    /** Even a page that knows the token gets nothing, from another site or from another port of the same host. */
    @ParameterizedTest
    @ValueSource(strings = {EVIL, "127.0.0.1"})
    void aPageOfAnotherOriginCanDoNothing(String host) throws Exception {
        use(Console.builder().allowKill());
        Greenlet<?> victim = group.spawn("victim", () -> Weft.sleep(HOUR));
        String script = """
                const page = '%s';
                const kill = page + 'kill?id=%d';
                const loads = (name, attributes) => new Promise((resolve, reject) => {
                    const node = Object.assign(document.createElement(name), attributes, {onload: resolve, onerror: reject});
                    document.body.append(node);
                });
                const ok = response => response.ok || Promise.reject(response.status);
                const attempts = {
                    withoutToken: () => fetch(new URL('/greenlets', page)).then(ok),
                    read: () => fetch(page + 'greenlets').then(ok),
                    opaque: () => fetch(page + 'greenlets', {mode: 'no-cors'}),
                    kill: () => fetch(kill, {method: 'POST'}).then(ok),
                    killOpaque: () => fetch(kill, {method: 'POST', mode: 'no-cors', body: 'x'}),
                    script: () => loads('script', {src: page + 'main.js'}),
                    module: () => import(page + 'format.js'),
                    image: () => loads('img', {src: page + 'icon.svg'}),
                    style: () => loads('link', {rel: 'stylesheet', href: page + 'console.css'}),
                    events: () => new Promise((resolve, reject) => {
                        const events = new EventSource(page + 'events');
                        events.onopen = resolve;
                        events.onerror = () => { events.close(); reject(); };
                    }),
                    socket: () => new Promise((resolve, reject) => {
                        const socket = new WebSocket(page.replace('http', 'ws') + 'events');
                        socket.onopen = resolve;
                        socket.onerror = reject;
                    }),
                    form: () => new Promise((resolve, reject) => {
                        const frame = Object.assign(document.createElement('iframe'), {name: 'target', onload: reject});
                        const form = Object.assign(document.createElement('form'), {method: 'post', action: kill, target: 'target'});
                        document.body.append(frame, form);
                        form.submit();
                    }),
                };
                const succeeded = [];
                for (const [name, attempt] of Object.entries(attempts)) {
                    try {
                        await attempt();
                        succeeded.push(name);
                    } catch {
                        // As it should be.
                    }
                }
                fetch('/result', {method: 'POST', body: succeeded.join()});
                """.formatted(console.uri(), victim.thread().threadId());
        assertEquals("", resultOf(host, script));
        assertFalse(victim.state().isDone());
    }

    @Test
    void thePageCannotBeFramed() throws Exception {
        String script = """
                const frame = document.createElement('iframe');
                frame.onload = () => fetch('/result', {method: 'POST', body: 'loaded'});
                frame.src = '%s';
                document.body.append(frame);
                """.formatted(console.uri());
        assertEquals("loaded", resultOf("127.0.0.1", script)); // an error page
        browser.switchTo().frame(0);
        assertEquals(List.of(), browser.findElements(By.id("tabs")));
    }

    @Test
    void aReboundNameIsRefused() throws IOException {
        browser.get(
                "http://" + EVIL + ":" + console.uri().getPort() + console.uri().getPath());
        awaitText("The console answers only as 127.0.0.1, localhost or [::1]");
    }
}
