// Loaded before the C library (LD_PRELOAD): counts the calls on files below FAULT_ROOT and lets one of them go wrong.
//
// FAULT_ROOT   the folder whose files are counted, an absolute path
// FAULT_AT     the number of the call, from 1; 0 only counts
// FAULT_KIND   kill (before the call), after (killed behind it), half (killed in the middle of a write), or the number of an error
// FAULT_LOG    a file that takes the number of calls at the end, or the name of the call that went wrong
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST 4096
static atomic_long calls;
static atomic_bool isOurs[MOST];
static const char *root, *kind, *record;
static long at;
static pid_t owner;

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static void note(const char *name, long count) {
  if (!record) return;
  char text[128];
  int size = snprintf(text, sizeof text, "%ld %s\n", count, name);
  int (*openFile)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
  ssize_t (*writeFile)(int, const void *, size_t) = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  int file = openFile(record, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return;
  if (writeFile(file, text, (size_t)size) < 0) {}
  close(file);
}

static void finish(void) {
  if (getpid() == owner && !at) note("calls", calls);
}

__attribute__((constructor)) static void start(void) {
  root = getenv("FAULT_ROOT");
  kind = getenv("FAULT_KIND");
  record = getenv("FAULT_LOG");
  const char *number = getenv("FAULT_AT");
  at = number ? atol(number) : 0;
  owner = getpid();
  if (!root || !*root) root = NULL;
  if (!kind) kind = "kill";
  // Programs that this one starts are not meant.
  unsetenv("LD_PRELOAD");
  atexit(finish);
}

static int below(const char *path) {
  size_t size = root ? strlen(root) : 0;
  return size && path && !strncmp(path, root, size) && (path[size] == '/' || !path[size]);
}

static int below_at(int folder, const char *path) {
  if (path[0] == '/' || folder == AT_FDCWD) return below(path);
  return folder >= 0 && folder < MOST && isOurs[folder];
}

static int ours(int file) { return file >= 0 && file < MOST && isOurs[file]; }

static int keep(int file, int mine) {
  if (file >= 0 && file < MOST) isOurs[file] = mine;
  return file;
}

enum fault { none, failed, killed_after, killed_half };

// What is to happen to this call.
static enum fault next(const char *name) {
  if (getpid() != owner) return none;
  long count = atomic_fetch_add(&calls, 1) + 1;
  if (count != at) return none;
  note(name, count);
  if (!strcmp(kind, "kill")) kill(owner, SIGKILL);
  if (!strcmp(kind, "after")) return killed_after;
  if (!strcmp(kind, "half")) return killed_half;
  errno = atoi(kind);
  return failed;
}

#define CALL(type, name, mine, bad, ...)                     \
  REAL(name);                                                \
  enum fault fault = (mine) ? next(#name) : none;            \
  if (fault == failed) return bad;                           \
  type result = real(__VA_ARGS__);                           \
  if (fault > failed) kill(owner, SIGKILL);

#define MODE(flags)                                          \
  mode_t mode = 0;                                           \
  if ((flags) & (O_CREAT | O_TMPFILE)) {                     \
    va_list list;                                            \
    va_start(list, flags);                                   \
    mode = va_arg(list, mode_t);                             \
    va_end(list);                                            \
  }

int open(const char *path, int flags, ...) {
  MODE(flags)
  CALL(int, open, below(path), -1, path, flags, mode)
  return keep(result, below(path));
}
int open64(const char *path, int flags, ...) {
  MODE(flags)
  CALL(int, open64, below(path), -1, path, flags, mode)
  return keep(result, below(path));
}
int openat(int folder, const char *path, int flags, ...) {
  MODE(flags)
  CALL(int, openat, below_at(folder, path), -1, folder, path, flags, mode)
  return keep(result, below_at(folder, path));
}
DIR *opendir(const char *path) {
  CALL(DIR *, opendir, below(path), NULL, path)
  return result;
}
int close(int file) {
  int mine = ours(file);
  if (mine) keep(file, 0);
  CALL(int, close, 0, -1, file)
  // A file is closed even where that fails.
  if (mine && (fault = next("close")) == failed) return -1;
  if (fault > failed) kill(owner, SIGKILL);
  return result;
}

// Half of what is written arrives.
#define WRITE(name, size, ...)                               \
  REAL(name);                                                \
  enum fault fault = ours(file) ? next(#name) : none;        \
  if (fault == failed) return -1;                            \
  if (fault == killed_half) size /= 2;                       \
  ssize_t result = real(__VA_ARGS__);                        \
  if (fault > failed) kill(owner, SIGKILL);                  \
  return result;

ssize_t write(int file, const void *bytes, size_t size) { WRITE(write, size, file, bytes, size) }
ssize_t pwrite(int file, const void *bytes, size_t size, off_t place) { WRITE(pwrite, size, file, bytes, size, place) }
ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t place) { WRITE(pwrite64, size, file, bytes, size, place) }
ssize_t writev(int file, const struct iovec *parts, int size) { WRITE(writev, size, file, parts, size) }

ssize_t read(int file, void *bytes, size_t size) {
  CALL(ssize_t, read, ours(file), -1, file, bytes, size)
  return result;
}
ssize_t pread(int file, void *bytes, size_t size, off_t place) {
  CALL(ssize_t, pread, ours(file), -1, file, bytes, size, place)
  return result;
}
ssize_t pread64(int file, void *bytes, size_t size, off64_t place) {
  CALL(ssize_t, pread64, ours(file), -1, file, bytes, size, place)
  return result;
}
int fsync(int file) {
  CALL(int, fsync, ours(file), -1, file)
  return result;
}
int fdatasync(int file) {
  CALL(int, fdatasync, ours(file), -1, file)
  return result;
}
int ftruncate(int file, off_t size) {
  CALL(int, ftruncate, ours(file), -1, file, size)
  return result;
}
int ftruncate64(int file, off64_t size) {
  CALL(int, ftruncate64, ours(file), -1, file, size)
  return result;
}
int flock(int file, int way) {
  CALL(int, flock, ours(file), -1, file, way)
  return result;
}
int fstat(int file, struct stat *status) {
  CALL(int, fstat, ours(file), -1, file, status)
  return result;
}
int rename(const char *from, const char *to) {
  CALL(int, rename, below(from) || below(to), -1, from, to)
  return result;
}
int renameat(int first, const char *from, int second, const char *to) {
  CALL(int, renameat, below_at(first, from) || below_at(second, to), -1, first, from, second, to)
  return result;
}
int link(const char *from, const char *to) {
  CALL(int, link, below(to), -1, from, to)
  return result;
}
int symlink(const char *from, const char *to) {
  CALL(int, symlink, below(to), -1, from, to)
  return result;
}
int unlink(const char *path) {
  CALL(int, unlink, below(path), -1, path)
  return result;
}
int unlinkat(int folder, const char *path, int flags) {
  CALL(int, unlinkat, below_at(folder, path), -1, folder, path, flags)
  return result;
}
int rmdir(const char *path) {
  CALL(int, rmdir, below(path), -1, path)
  return result;
}
int mkdir(const char *path, mode_t mode) {
  CALL(int, mkdir, below(path), -1, path, mode)
  return result;
}
int mkdirat(int folder, const char *path, mode_t mode) {
  CALL(int, mkdirat, below_at(folder, path), -1, folder, path, mode)
  return result;
}
