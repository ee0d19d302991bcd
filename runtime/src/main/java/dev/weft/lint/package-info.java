/**
 * Signs of trouble in programs that go on, found by the watchdog from outside the loops; not exported. Each lint is a class; none
 * may cry wolf, so each asks for a while and for numbers.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.lint;
