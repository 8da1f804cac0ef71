/**
 * Programs that stand on a host of their own in a test's network: what delays, hears and attacks.
 */
package org.dsm4j.e2e.network;
