// Tells ThreadSanitizer where threads hand on Swift's Mutex. Linked into the program under test, before the library that has Mutex.
//
// A Mutex that is free is taken and given back by atomic operations in the code of whoever uses it, which are seen. Where threads
// meet, a function of the library lets the kernel hand it on, and the kernel is not seen. These stand before those functions.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self
// The names that Swift gives to functions of Synchronization._MutexHandle.
#define HANDLE "$s15Synchronization12_MutexHandleV"

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(HANDLE "9_lockSlowyys6UInt32VF");
SWIFT bool try_lock_slow(SELF) __asm__(HANDLE "12_tryLockSlowSbyF");
SWIFT void unlock_slow(SELF) __asm__(HANDLE "11_unlockSlowyyF");

static SWIFT void (*real_lock)(uint32_t, SELF);
static SWIFT bool (*real_try_lock)(SELF);
static SWIFT void (*real_unlock)(SELF);

static void *find(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) {
    fprintf(stderr, "Mutex of this Swift has no %s: what threads do with it is not seen\n", name);
    _Exit(70);
  }
  return found;
}

__attribute__((constructor)) static void start(void) {
  *(void **)&real_lock = find(HANDLE "9_lockSlowyys6UInt32VF");
  *(void **)&real_try_lock = find(HANDLE "12_tryLockSlowSbyF");
  *(void **)&real_unlock = find(HANDLE "11_unlockSlowyyF");
}

SWIFT void lock_slow(uint32_t thread, SELF) {
  real_lock(thread, self);
  __tsan_acquire(self);
}

SWIFT bool try_lock_slow(SELF) {
  bool is_mine = real_try_lock(self);
  if (is_mine) __tsan_acquire(self);
  return is_mine;
}

SWIFT void unlock_slow(SELF) {
  __tsan_release(self);
  real_unlock(self);
}
