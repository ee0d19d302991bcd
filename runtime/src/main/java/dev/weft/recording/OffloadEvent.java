package dev.weft.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;

@Name("dev.weft.Offload")
@Label("Off-loaded Call")
@Description("A call that was off-loaded ran on a thread of the pool, while its greenlet waited")
@Threshold("1 ms")
final class OffloadEvent extends CallEvent {}
