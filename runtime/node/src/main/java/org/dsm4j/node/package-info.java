/** One member of a cluster: engine binding, control plane, life cycle. */
package org.dsm4j.node;
