// Preloaded into the program: lets the FAIL_AT-th call that changes a file fail as on a full disk, and all
// later ones too where FAIL_ALWAYS is set. Where FAIL_KILL is set, the process is killed there instead; then calls that
// change names alone count too. At the end the number of such calls is written to FAIL_COUNT.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static long calls;

static int fails(void) {
  static long at = -1;
  if (at < 0) at = getenv("FAIL_AT") ? atol(getenv("FAIL_AT")) : 0;
  long call = __sync_add_and_fetch(&calls, 1);
  if (call == at && getenv("FAIL_KILL")) kill(getpid(), SIGKILL);
  return at > 0 && (getenv("FAIL_ALWAYS") ? call >= at : call == at);
}

static int refuse(void) {
  errno = ENOSPC;
  return -1;
}

static int is_file(int descriptor) {
  struct stat status;
  return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (descriptor > 2 && is_file(descriptor) && fails()) return refuse();
  return ((ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write"))(descriptor, bytes, count);
}

int fsync(int descriptor) {
  if (fails()) return refuse();
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(descriptor);
}

int rename(const char *from, const char *to) {
  if (fails()) return refuse();
  return ((int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename"))(from, to);
}

// Never fails: where nothing can be written, names can still be changed.
static void count_change(void) {
  if (getenv("FAIL_KILL")) fails();
}

int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
  count_change();
  return ((int (*)(int, const char *, int, const char *, unsigned))dlsym(RTLD_NEXT, "renameat2"))(
      a, from, b, to, flags);
}

int linkat(int a, const char *from, int b, const char *to, int flags) {
  count_change();
  return ((int (*)(int, const char *, int, const char *, int))dlsym(RTLD_NEXT, "linkat"))(
      a, from, b, to, flags);
}

int unlink(const char *path) {
  count_change();
  return ((int (*)(const char *))dlsym(RTLD_NEXT, "unlink"))(path);
}

int mkdir(const char *path, mode_t mode) {
  count_change();
  return ((int (*)(const char *, mode_t))dlsym(RTLD_NEXT, "mkdir"))(path, mode);
}

int rmdir(const char *path) {
  count_change();
  return ((int (*)(const char *))dlsym(RTLD_NEXT, "rmdir"))(path);
}

static int open_file(const char *name, const char *path, int flags, mode_t mode) {
  if (flags & O_CREAT && fails()) return refuse();
  return ((int (*)(const char *, int, mode_t))dlsym(RTLD_NEXT, name))(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_file("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_file("open64", path, flags, mode);
}

__attribute__((destructor)) static void tell(void) {
  const char *path = getenv("FAIL_COUNT");
  long count = calls;
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file) return;
  fprintf(file, "%ld", count);
  fclose(file);
}
