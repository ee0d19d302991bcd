/** Software that knows nothing of Weft, unmodified, in greenlets of one loop. */
@org.jspecify.annotations.NullMarked
package dev.weft.io.automatic;
