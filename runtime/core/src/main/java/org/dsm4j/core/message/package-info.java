/** What nodes and the manager say to each other. */
package org.dsm4j.core.message;
