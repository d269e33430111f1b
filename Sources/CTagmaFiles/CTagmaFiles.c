#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CTagmaFiles.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { places = 1024 };

// The first byte says whether it is a folder; the path follows.
static _Atomic(char *) entries[places];

int tagma_temporary_add(const char *path, bool isFolder) {
  size_t length = strlen(path);
  char *entry = malloc(length + 2);
  if (!entry) return -1;
  entry[0] = isFolder ? 'd' : 'f';
  memcpy(entry + 1, path, length + 1);
  for (int place = 0; place < places; place++) {
    char *none = NULL;
    if (atomic_compare_exchange_strong(&entries[place], &none, entry)) return place;
  }
  free(entry);
  return -1;
}

void tagma_temporary_done(int place) {
  if (place < 0 || place >= places) return;
  free(atomic_exchange(&entries[place], NULL));
}

void tagma_temporaries_remove(void) {
  static char *folders[places];
  int count = 0;
  for (int place = 0; place < places; place++) {
    // What is taken out here is freed by nobody else.
    char *entry = atomic_exchange(&entries[place], NULL);
    if (!entry) continue;
    if (entry[0] == 'd') {
      folders[count++] = entry + 1;
    } else {
      unlink(entry + 1);
    }
  }
  // A folder goes after those within it, wherever they stand in the list.
  for (int depth = 0; depth < 4; depth++) {
    for (int i = 0; i < count; i++) rmdir(folders[i]);
  }
}

static atomic_int holds;
static atomic_int waiting;

void tagma_end_hold(void) { atomic_fetch_add(&holds, 1); }

int tagma_end_release(void) {
  if (atomic_fetch_sub(&holds, 1) > 1) return 0;
  return atomic_exchange(&waiting, 0);
}

bool tagma_end_waits(int signal) {
  int none = 0;
  return atomic_load(&holds) > 0 && atomic_compare_exchange_strong(&waiting, &none, signal);
}

int tagma_exchange(const char *a, const char *b) {
#ifdef __APPLE__
  return renamex_np(a, b, RENAME_SWAP);
#else
  return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
#endif
}
