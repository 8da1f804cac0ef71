/**
 * The manager of a cluster as a function: messages and times in, messages out. No socket, thread or
 * clock.
 */
package org.dsm4j.core.manager;
