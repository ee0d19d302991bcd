package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Who has whose {@link ScopedValue} bindings. */
class ScopedValueTest extends TaskFixture {
    private static final ScopedValue<String> USER = ScopedValue.newInstance();

    private static String user() {
        return USER.orElse("nobody");
    }

    private <T> T asAda(Callable<T> body) {
        return stepped.run(() -> ScopedValue.where(USER, "ada").call(body::call));
    }

    @Test
    void childrenOfAScopeInheritThem() {
        asAda(() -> {
            Weft.scope(scope -> {
                scope.spawn(() -> {
                    happened.add("child " + user());
                    Weft.yieldNow();
                    happened.add("child after a wait " + user());
                    Weft.scope(inner -> inner.spawn(() -> happened.add("grandchild " + user())));
                });
                scope.<String>start(started -> started.started(user()));
            });
            return "";
        });
        happened.assertHappened("child ada", "child after a wait ada", "grandchild ada");
    }

    @Test
    void thoseOfAllAndFirstSuccessDoToo() {
        Callable<String> body = ScopedValueTest::user;
        assertEquals(List.of("ada"), asAda(() -> Weft.all(List.of(body))));
        assertEquals("ada", asAda(() -> Weft.firstSuccess(List.of(body))));
    }

    @Test
    void aPlainSpawnDoesNot() {
        assertEquals("nobody", asAda(() -> Weft.spawn(ScopedValueTest::user).join()));
    }

    @Test
    void aCarryingBodyTakesThemAnywhere() throws Exception {
        Callable<String> carrying = asAda(() -> Weft.carrying(ScopedValueTest::user));
        assertEquals("ada", stepped.run(() -> Weft.spawn(carrying).join()));
        assertEquals("ada", Weft.run(carrying::call));
        assertEquals("ada", carrying.call());
        assertEquals("ada", ScopedValue.where(USER, "bob").call(carrying::call));
        assertEquals("nobody", user());
    }

    @Test
    void aCarryingBodyLeavesTheCallersAsTheyWere() {
        Callable<String> carrying = Weft.carrying(ScopedValueTest::user);
        String seen = asAda(() -> {
            String inside = carrying.call();
            return inside + ", then " + user();
        });
        assertEquals("nobody, then ada", seen);
        Callable<String> failing = Weft.carrying(() -> {
            throw new Broken(user());
        });
        asAda(() -> {
            assertThrows(Broken.class, failing::call);
            return happened.toString() + user();
        });
    }

    @Test
    void whatIsBoundInsideTheScopesBodyIsNotForItsChildren() {
        asAda(() -> {
            Weft.scope(scope -> ScopedValue.where(USER, "bob").run(() -> {
                scope.spawn(() -> happened.add("child " + user()));
                scope.spawn(Weft.carrying(() -> {
                    happened.add("carrying " + user());
                    return "";
                }));
                Weft.yieldNow();
                happened.add("body " + user());
            }));
            return "";
        });
        happened.assertHappened("child ada", "carrying bob", "body bob");
    }

    @Test
    void whereACarriedBodyWasWrittenIsKnown() {
        int lines = stepped.run(() -> {
            for (int i = 0; i < 40; i++) {
                Weft.spawn(Weft.carrying(() -> ""));
            }
            int here = new Throwable().getStackTrace()[0].getLineNumber();
            return Weft.spawn(Weft.carrying(() -> "")).spawnSite().getLineNumber() - here;
        });
        assertEquals(1, lines);
    }
}
