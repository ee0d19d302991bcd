/** What carriers of other modules share with this one. */
@org.jspecify.annotations.NullMarked
package dev.weft.workers.internal;
