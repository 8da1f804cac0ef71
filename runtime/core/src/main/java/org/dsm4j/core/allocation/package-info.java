/** Which addresses of the shared space belong to what. Addresses are never used again. */
package org.dsm4j.core.allocation;
