/** The native page engine as Java sees it. */
package org.dsm4j.node.engine;
