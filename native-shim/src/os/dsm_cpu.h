/* dsm_cpu.h - where threads run. */
#ifndef DSM_CPU_H
#define DSM_CPU_H

/* Pins the calling thread to a core the process may use; -1 lets it run on all of them again. 0 or -errno. */
int dsm_cpu_pin(int core);

#endif
