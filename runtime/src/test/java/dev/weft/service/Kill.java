package dev.weft.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;

/** Sends real signals, by the command of the operating system. */
final class Kill {
    private Kill() {}

    static void self(Signal signal) {
        send(signal, ProcessHandle.current().pid());
    }

    static void send(Signal signal, long pid) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal.name(), String.valueOf(pid))
                    .inheritIO()
                    .start();
            assertEquals(0, kill.waitFor());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
