#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CTagmaProcess.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "CTagmaFiles.h"

// MARK: - Memory

// A mapping failed since the process began: a trap that follows is for lack of memory.
static volatile sig_atomic_t mapping_failed;

static void put(const char *text) {
  ssize_t written = write(STDERR_FILENO, text, strlen(text));
  (void)written;
}

static void put_number(size_t value) {
  char digits[24];
  char *at = digits + sizeof digits;
  *--at = 0;
  do *--at = (char)('0' + value % 10);
  while (value /= 10);
  put(at);
}

/// - bytes: What was asked for; 0 where that is not known.
static _Noreturn void end_without_memory(const char *what, size_t bytes) {
  tagma_temporaries_remove();
  put("tagma: out of memory: ");
  put(what);
  if (bytes) {
    put(" of ");
    put_number(bytes);
    put(" bytes");
  }
  put(" cannot be had");
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    put("; the process may have ");
    put_number((size_t)(limit.rlim_cur >> 20));
    put(" MB (ulimit -v)");
  }
  put("\n");
  _exit(tagma_out_of_memory);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)

// glibc keeps its own allocator under these names for whoever stands before it.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  void *memory = __libc_malloc(size);
  if (__builtin_expect(!memory, 0)) end_without_memory("a block", size);
  return memory;
}

void *calloc(size_t count, size_t size) {
  void *memory = __libc_calloc(count, size);
  if (__builtin_expect(!memory, 0)) end_without_memory("a block", count * size);
  return memory;
}

void *realloc(void *old, size_t size) {
  void *memory = __libc_realloc(old, size);
  // Of no bytes, it frees.
  if (__builtin_expect(!memory, 0) && size) end_without_memory("a block", size);
  return memory;
}

void *memalign(size_t alignment, size_t size) {
  void *memory = __libc_memalign(alignment, size);
  if (__builtin_expect(!memory, 0) && errno == ENOMEM) end_without_memory("a block", size);
  return memory;
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) || !alignment || alignment & (alignment - 1)) return EINVAL;
  int before = errno;
  *memory = memalign(alignment, size);
  errno = before;
  return *memory ? 0 : ENOMEM;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *),
                   void *argument) {
  typedef int create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  static _Atomic(create *) next;
  if (!next) next = (create *)dlsym(RTLD_NEXT, "pthread_create");
  int status = next(thread, attributes, body, argument);
  if (status == EAGAIN || status == ENOMEM) end_without_memory("a thread", 0);
  return status;
}

#ifdef __LP64__
#include <sys/syscall.h>

// Many can do without what they wanted to map, so that this alone does not end the process.
void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
  void *memory = (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
  if (memory == MAP_FAILED && errno == ENOMEM) mapping_failed = 1;
  return memory;
}

void *mmap64(void *address, size_t size, int protection, int flags, int file, off64_t offset) {
  return mmap(address, size, protection, flags, file, offset);
}
#endif
#endif

/// Whether a trap is for lack of memory.
static bool lacks_memory(void) {
  if (mapping_failed) return true;
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return false;
  size_t size = 4 << 20;
  void *memory = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return true;
  munmap(memory, size);
  return false;
}

// MARK: - Signals

static struct sigaction before[NSIG];

// Whether a line of progress stands on the terminal.
static volatile sig_atomic_t line_is_shown;

void tagma_process_shows_line(int is_shown) { line_is_shown = is_shown; }

static void end_by(int number) {
  if (tagma_end_waits(number)) return;
  tagma_temporaries_remove();
  if (line_is_shown) put("\r\033[K");
  signal(number, SIG_DFL);
  raise(number);
}

static void crash(int number, siginfo_t *info, void *context) {
  (void)context;
  tagma_temporaries_remove();
  if (lacks_memory()) end_without_memory("what was asked for", 0);
  sigaction(number, &before[number], NULL);
  // A fault comes again by itself, and then has its place; what was sent does not.
  if (number == SIGABRT || info->si_code <= 0) raise(number);
}

void tagma_process_watch(void) {
  struct sigaction action, old;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);

  action.sa_handler = end_by;
  action.sa_flags = SA_NODEFER;
  const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    if (sigaction(ends[i], NULL, &old) == 0 && !(old.sa_flags & SA_SIGINFO) &&
        old.sa_handler == SIG_DFL) {
      sigaction(ends[i], &action, NULL);
    }
  }

  // The stack may be what there is too little of.
  static char stack[1 << 16];
  stack_t other;
  if (sigaltstack(NULL, &other) == 0 && other.ss_flags & SS_DISABLE) {
    memset(&other, 0, sizeof other);
    other.ss_sp = stack;
    other.ss_size = sizeof stack;
    sigaltstack(&other, NULL);
  }
  action.sa_sigaction = crash;
  action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  const int crashes[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
    sigaction(crashes[i], &action, &before[crashes[i]]);
  }
}
