/**
 * The run loop and its parts; not exported. A turn is: drain the inbox, fire the timers that are due, run a bounded
 * batch of ready greenlets, poll. Everything else is a class at the level of greenlets.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.kernel;
