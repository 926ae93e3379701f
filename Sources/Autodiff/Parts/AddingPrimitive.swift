/// A primitive that adds its two inputs up, element by element: where one of them is always 0 it gives the other.
package protocol AddingPrimitive: Primitive {}
