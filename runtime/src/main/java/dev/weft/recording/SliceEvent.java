package dev.weft.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;

@Name("dev.weft.Slice")
@Label("Slice")
@Description(
        "A greenlet ran from one wait to the next; nothing else ran on its loop meanwhile. May begin 0.05 ms too early")
@Threshold("1 ms")
final class SliceEvent extends GreenletEvent {}
