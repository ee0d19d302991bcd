package dev.weft.sight.timeline;

import java.util.Map;

/** Something that happened at one moment, on a {@code track}; an empty one is the whole program's. */
record Mark(String track, String category, String name, long atNanos, Map<String, String> details) {}
