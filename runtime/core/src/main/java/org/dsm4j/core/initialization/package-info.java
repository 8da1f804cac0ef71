/** Static initialization that happens once in a cluster. */
package org.dsm4j.core.initialization;
