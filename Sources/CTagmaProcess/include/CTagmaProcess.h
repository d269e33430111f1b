// Why this shim exists: a program whose memory is limited (ulimit -v, a container) must end with a message and an exit
// status. Swift traps where memory cannot be had, and libdispatch waits for ever where a thread cannot be made; neither
// can be caught in Swift. Here malloc and pthread_create are the system's own, but that the process ends where they fail.
// And whatever ends the process takes half-written files with it.
//
// For the program alone: a library has no business with the process that it is part of.
#ifndef CTAGMA_PROCESS_H
#define CTAGMA_PROCESS_H

/// The exit status where memory, or a thread, cannot be had.
enum { tagma_out_of_memory = 71 };

/// From here on signals that end the process remove half-written files first; those that are ignored stay ignored.
void tagma_process_watch(void);

/// Says whether a line of progress stands on the terminal: a signal that ends the process takes it away.
void tagma_process_shows_line(int is_shown);
#endif
