package dev.weft.sight.timeline;

import java.util.Map;

/** Figures of a {@code track} at one moment. */
record Level(String track, String name, long atNanos, Map<String, Double> values) {}
