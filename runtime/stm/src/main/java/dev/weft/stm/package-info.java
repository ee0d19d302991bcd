/**
 * Software transactional memory: variables that greenlets of all loops and threads change together, all or nothing, without
 * locks. {@link dev.weft.stm.Store} is where to start.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.stm;
