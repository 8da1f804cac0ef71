/** This project's own log, which never meets the application's. */
package org.dsm4j.node.logging;
