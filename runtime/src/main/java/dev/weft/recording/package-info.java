/**
 * Events for the JDK's flight recorder. All that uses {@code jdk.jfr} is loaded once somebody has initialised the recorder, by a
 * thread other than the loops': a program without that module runs, and one that is not recorded pays nothing.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.recording;
