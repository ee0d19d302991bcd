/** What several packages of this module share: time limits, posting to a loop, wrapped arrays. Not exported. */
@org.jspecify.annotations.NullMarked
package dev.weft.io.internal;
