package dev.weft.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;

@Name("dev.weft.OffloadQueued")
@Label("Off-load Queued")
@Description("A call that was off-loaded had to wait for a thread")
@Threshold("1 ms")
final class OffloadQueuedEvent extends CallEvent {}
