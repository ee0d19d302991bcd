/** What {@link dev.weft.Doctor} looks at. Nothing else of Weft is needed for it, and no library. */
@org.jspecify.annotations.NullMarked
package dev.weft.doctor;
