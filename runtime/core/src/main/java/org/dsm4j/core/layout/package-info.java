/** Where the static fields of a class stand in its block of shared memory. */
package org.dsm4j.core.layout;
