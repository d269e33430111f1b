// Why this shim exists: a signal may end the process at any moment, and what removes half-written files then must not
// allocate, lock, or run Swift. Here is the list of them, and the one function that a signal handler may call. And two
// folders change places by a call that differs from system to system.
#ifndef CTAGMA_FILES_H
#define CTAGMA_FILES_H
#include <stdbool.h>

/// Notes a file, or a folder, that is to go if the process ends now. Returns its place in the list; −1 where that is full.
int tagma_temporary_add(const char *path, bool isFolder);

/// The file has its name, or is gone: the place is free again. −1 is allowed.
void tagma_temporary_done(int place);

/// Removes all that is in the list. Safe in a signal handler.
void tagma_temporaries_remove(void);

/// What ends the process waits until all holds are released: a model is being put in its place.
void tagma_end_hold(void);

/// The signal that came meanwhile, which is to be raised again; 0 where none did or others still hold.
int tagma_end_release(void);

/// Whether the end has to wait; the first signal then does, a second does not. Safe in a signal handler.
bool tagma_end_waits(int signal);

/// Lets two names of files or folders change what they name, at once. Returns 0, or −1 and why in `errno`.
int tagma_exchange(const char *a, const char *b);
#endif
