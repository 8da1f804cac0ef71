package org.dsm4j.node.engine;

/** How pages are opened and closed to the program: {@code DSM_PAGER_*}, in their order. */
public enum Pager {
  /** userfaultfd where the system offers it, else mprotect. */
  BEST,
  /** Memory protection: works everywhere, at the cost of a mapping for each lone page. */
  MPROTECT,
  /** userfaultfd, or the node does not start. */
  USERFAULTFD
}
