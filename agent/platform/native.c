/* What the agent needs of the system and QuickJS's own modules do not give, or give too dearly: the module "native". */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

#include <quickjs/quickjs.h>

#include "native.h"

extern char **environ;

/* What a pipe holds by itself, and the most that anybody may let it hold: fewer changes from one program to the other. */
#define PIPE_BYTES (1 << 16)
#define MOST_PIPE_BYTES (1 << 20)

enum { CHILD_READS, CHILD_WRITES, CHILD_COMPLAINS, PIPES };

/* The ends of a pipe that the child has, by its descriptor. */
static int child_end(const int pipes[PIPES][2], int number) {
  return pipes[number][number == CHILD_READS ? 0 : 1];
}

static int own_end(const int pipes[PIPES][2], int number) {
  return pipes[number][number == CHILD_READS ? 1 : 0];
}

static int open_pipes(int pipes[PIPES][2]) {
  for (int number = 0; number < PIPES; number++) {
    if (pipe2(pipes[number], O_CLOEXEC) == 0) continue;
    int error = errno;
    while (number-- > 0) {
      close(pipes[number][0]);
      close(pipes[number][1]);
    }
    return error;
  }
  return 0;
}

/*
 * Starts a program as a child that shares the memory until it executes: a fork would copy page tables, and every page
 * that is written to afterwards. The answer is 0 or an error's number.
 */
static int start(pid_t *id, char *const *words, const int pipes[PIPES][2]) {
  posix_spawn_file_actions_t actions;
  int error = posix_spawn_file_actions_init(&actions);
  if (error != 0) return error;
  for (int number = 0; error == 0 && number < PIPES; number++)
    error = posix_spawn_file_actions_adddup2(&actions, child_end(pipes, number), number);
  if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, PIPES);
  if (error == 0) error = posix_spawnp(id, words[0], &actions, NULL, words, environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

static void free_words(JSContext *context, const char **words) {
  for (const char **word = words; *word != NULL; word++) JS_FreeCString(context, *word);
  js_free(context, words);
}

/* The items of a list of texts and NULL; NULL after an exception. */
static const char **words_of(JSContext *context, JSValueConst list) {
  JSValue length = JS_GetPropertyStr(context, list, "length");
  uint32_t count;
  if (JS_ToUint32(context, &count, length) < 0) return NULL;
  const char **words = js_mallocz(context, ((size_t)count + 1) * sizeof *words);
  for (uint32_t n = 0; words != NULL && n < count; n++) {
    JSValue item = JS_GetPropertyUint32(context, list, n);
    words[n] = JS_ToCString(context, item);
    JS_FreeValue(context, item);
    if (words[n] != NULL) continue;
    free_words(context, words);
    return NULL;
  }
  return words;
}

static JSValue spawned(JSContext *context, pid_t id, const int pipes[PIPES][2]) {
  JSValue answer = JS_NewArray(context);
  JS_SetPropertyUint32(context, answer, 0, JS_NewInt32(context, id));
  for (int number = 0; number < PIPES; number++)
    JS_SetPropertyUint32(context, answer, number + 1, JS_NewInt32(context, own_end(pipes, number)));
  return answer;
}

/*
 * spawn(words, input): a program's number and our ends of its pipes, or an error's number below zero. It will be given
 * about so many bytes to read.
 */
static JSValue native_spawn(JSContext *context, JSValueConst this, int argc, JSValueConst *argv) {
  (void)this, (void)argc;
  int64_t input;
  if (JS_ToInt64(context, &input, argv[1]) < 0) return JS_EXCEPTION;
  const char **words = words_of(context, argv[0]);
  if (words == NULL) return JS_EXCEPTION;
  int pipes[PIPES][2];
  pid_t id = 0;
  int error = words[0] == NULL ? ENOENT : open_pipes(pipes);
  if (error == 0) {
    error = start(&id, (char *const *)words, pipes);
    for (int number = 0; number < PIPES; number++) {
      close(child_end(pipes, number));
      if (error != 0) close(own_end(pipes, number));
    }
  }
  free_words(context, words);
  if (error != 0) return JS_NewInt32(context, -error);
  fcntl(own_end(pipes, CHILD_READS), F_SETFL, O_NONBLOCK);
  if (input > PIPE_BYTES) fcntl(own_end(pipes, CHILD_READS), F_SETPIPE_SZ, MOST_PIPE_BYTES);
  return spawned(context, id, pipes);
}

/*
 * write(descriptor, text, from): writes a text as UTF-8 from a byte on, as much as is taken at once. The answer is how
 * many bytes were taken, 0 at the end of the text, or an error's number below zero.
 */
static JSValue native_write(JSContext *context, JSValueConst this, int argc, JSValueConst *argv) {
  (void)this, (void)argc;
  int32_t descriptor;
  int64_t from;
  if (JS_ToInt32(context, &descriptor, argv[0]) < 0 || JS_ToInt64(context, &from, argv[2]) < 0) return JS_EXCEPTION;
  size_t length;
  const char *text = JS_ToCStringLen(context, &length, argv[1]);
  if (text == NULL) return JS_EXCEPTION;
  ssize_t count = 0;
  if ((size_t)from < length) {
    do count = write(descriptor, text + from, length - from);
    while (count < 0 && errno == EINTR);
    if (count < 0) count = -errno;
  }
  JS_FreeCString(context, text);
  return JS_NewInt64(context, count);
}

/* ascii(buffer, length): the text of so many bytes; undefined unless all of them are ASCII. */
static JSValue native_ascii(JSContext *context, JSValueConst this, int argc, JSValueConst *argv) {
  (void)this, (void)argc;
  size_t size;
  const uint8_t *bytes = JS_GetArrayBuffer(context, &size, argv[0]);
  int64_t length;
  if (bytes == NULL || JS_ToInt64(context, &length, argv[1]) < 0) return JS_EXCEPTION;
  if (length < 0 || (size_t)length > size) return JS_ThrowRangeError(context, "there are only %zu bytes", size);
  uint8_t all = 0;
  for (int64_t n = 0; n < length; n++) all |= bytes[n];
  return all & 0x80 ? JS_UNDEFINED : JS_NewStringLen(context, (const char *)bytes, length);
}

/* digest(text): FNV-1a with 64 bits over its UTF-8 (RFC 9923), in hexadecimal digits. */
static JSValue native_digest(JSContext *context, JSValueConst this, int argc, JSValueConst *argv) {
  (void)this, (void)argc;
  size_t length;
  const char *text = JS_ToCStringLen(context, &length, argv[0]);
  if (text == NULL) return JS_EXCEPTION;
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t n = 0; n < length; n++) hash = (hash ^ (uint8_t)text[n]) * 0x100000001b3;
  JS_FreeCString(context, text);
  char digits[17];
  snprintf(digits, sizeof digits, "%016" PRIx64, hash);
  return JS_NewString(context, digits);
}

/* How many bytes more or less than before are worth the time to look for them. */
#define GARBAGE (256 << 10)
#define UNUSED (512 << 10)

/* Bytes that were in use when garbage was collected last. */
static size_t in_use;

/*
 * release(): collects what nothing leads to, and gives memory back to the system, where there is much of it. QuickJS
 * itself would look for garbage many times over while a long list grows.
 */
static JSValue native_release(JSContext *context, JSValueConst this, int argc, JSValueConst *argv) {
  (void)this, (void)argc, (void)argv;
  struct mallinfo2 info = mallinfo2();
  if (info.uordblks + info.hblkhd > in_use + GARBAGE) {
    JS_RunGC(JS_GetRuntime(context));
    info = mallinfo2();
    in_use = info.uordblks + info.hblkhd;
  }
  if (info.fordblks > UNUSED) malloc_trim(0);
  return JS_UNDEFINED;
}

/* QuickJS's own handlers of the signals that end the process, what is left to them, and how it ends then. */
static void (*handlers[NSIG])(int);
static struct itimerval grace;
static int end_code;

static void on_end(int signal) {
  handlers[signal](signal);
  setitimer(ITIMER_REAL, &grace, NULL);
}

static void on_grace_over(int signal) {
  (void)signal;
  _exit(end_code);
}

/*
 * endWithin(milliseconds, code): the process ends so long after SIGTERM or SIGINT at the latest. QuickJS calls what is to
 * be called at a signal only when it has nothing else to do.
 */
static JSValue native_end_within(JSContext *context, JSValueConst this, int argc, JSValueConst *argv) {
  (void)this, (void)argc;
  int64_t milliseconds;
  if (JS_ToInt64(context, &milliseconds, argv[0]) < 0 || JS_ToInt32(context, &end_code, argv[1]) < 0)
    return JS_EXCEPTION;
  grace.it_value = (struct timeval){milliseconds / 1000, milliseconds % 1000 * 1000};
  signal(SIGALRM, on_grace_over);
  for (size_t n = 0; n < 2; n++) {
    const int ending[] = {SIGTERM, SIGINT};
    struct sigaction action;
    sigaction(ending[n], NULL, &action);
    if (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN || action.sa_handler == on_end) continue;
    handlers[ending[n]] = action.sa_handler;
    action.sa_handler = on_end;
    sigaction(ending[n], &action, NULL);
  }
  return JS_UNDEFINED;
}

static const JSCFunctionListEntry functions[] = {
  JS_CFUNC_DEF("spawn", 2, native_spawn),
  JS_CFUNC_DEF("write", 3, native_write),
  JS_CFUNC_DEF("ascii", 2, native_ascii),
  JS_CFUNC_DEF("digest", 1, native_digest),
  JS_CFUNC_DEF("release", 0, native_release),
  JS_CFUNC_DEF("endWithin", 2, native_end_within),
  JS_CFUNC_DEF("listen", 2, native_listen),
  JS_CFUNC_DEF("accept", 1, native_accept),
};

#define COUNT (sizeof functions / sizeof functions[0])

static int set_functions(JSContext *context, JSModuleDef *module) {
  return JS_SetModuleExportList(context, module, functions, COUNT);
}

void init_native(JSContext *context) {
  JSModuleDef *module = JS_NewCModule(context, "native", set_functions);
  if (module != NULL) JS_AddModuleExportList(context, module, functions, COUNT);
}
