/**
 * The search for leaked greenlets: those that wait for something that nothing alive can reach, as Go's goroutine-leak profile
 * defines it; not exported. It reads a dump of the heap, as the JVM offers no other way to see what the stacks of virtual threads
 * hold.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.leak;
