/**
 * The greenlets of an event loop, their waits and their scopes; not exported.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.kernel;
