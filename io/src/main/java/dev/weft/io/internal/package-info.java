/** Classes shared by several packages of this module: time limits and wrapped arrays. Not exported. */
@org.jspecify.annotations.NullMarked
package dev.weft.io.internal;
