/** Turns a flight recording into a timeline: what each loop did, and what each greenlet waited for. */
@org.jspecify.annotations.NullMarked
package dev.weft.sight.timeline;
