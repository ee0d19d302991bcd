/** The checks of {@link dev.weft.Doctor}. They need nothing else of Weft, and no library. */
@org.jspecify.annotations.NullMarked
package dev.weft.doctor;
