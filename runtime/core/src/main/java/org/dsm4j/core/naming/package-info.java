/** Names and the numbers that the wire carries for them. */
package org.dsm4j.core.naming;
