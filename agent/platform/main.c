/* The program around the agent's bytecode: the least of QuickJS that it needs. */

#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <quickjs/quickjs-libc.h>

#include "modules.h"
#include "native.h"

/* Bytecode has been copied when it was read: its pages need not stay. */
static void forget(const uint8_t *code, size_t size) {
  uintptr_t page = sysconf(_SC_PAGESIZE);
  uintptr_t start = ((uintptr_t)code + page - 1) & -page;
  uintptr_t end = ((uintptr_t)code + size) & -page;
  if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
}

static JSValue read_module(JSContext *context, const struct module *module) {
  JSValue value = JS_ReadObject(context, module->code, module->size, JS_READ_OBJ_BYTECODE);
  forget(module->code, module->size);
  return value;
}

/* Gives a part of the program when it is imported: most of it hardly ever is. */
static JSModuleDef *load_module(JSContext *context, const char *name, void *opaque) {
  (void)opaque;
  for (size_t n = 0; n < MODULES; n++) {
    if (strcmp(modules[n].name, name) != 0) continue;
    JSValue value = read_module(context, &modules[n]);
    return JS_IsException(value) ? NULL : JS_VALUE_GET_PTR(value);
  }
  JS_ThrowReferenceError(context, "there is no module %s", name);
  return NULL;
}

/* Standard descriptors that are closed would be given to pipes, and those to programs in the wrong order. */
static void open_standard_descriptors(void) {
  int descriptor;
  do descriptor = open("/dev/null", O_RDWR);
  while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  if (descriptor >= 0) close(descriptor);
}

/* importPart(name): a promise of a module. */
static JSValue import_part(JSContext *context, JSValueConst this, int argc, JSValueConst *argv) {
  (void)this, (void)argc;
  const char *name = JS_ToCString(context, argv[0]);
  if (name == NULL) return JS_EXCEPTION;
  JSValue promise = JS_LoadModule(context, modules[0].name, name);
  JS_FreeCString(context, name);
  return promise;
}

static JSContext *new_context(JSRuntime *runtime) {
  JSContext *context = JS_NewContextRaw(runtime);
  if (context == NULL) return NULL;
  JS_AddIntrinsicBaseObjects(context);
  JS_AddIntrinsicDate(context);
  JS_AddIntrinsicRegExpCompiler(context);
  JS_AddIntrinsicRegExp(context);
  JS_AddIntrinsicJSON(context);
  JS_AddIntrinsicMapSet(context);
  JS_AddIntrinsicTypedArrays(context);
  JS_AddIntrinsicPromise(context);
  js_init_module_std(context, "std");
  js_init_module_os(context, "os");
  init_native(context);
  JSValue global = JS_GetGlobalObject(context);
  JS_SetPropertyStr(context, global, "importPart", JS_NewCFunction(context, import_part, "importPart", 1));
  JS_FreeValue(context, global);
  return context;
}

/* Promises that were rejected, and that nobody has waited for since. */
static struct rejection {
  struct rejection *next;
  JSValue promise;
  JSValue reason;
} *rejections;
static int check_is_due;

/* Runs when nothing else is left to do, as in Node: what is still here then was never waited for. */
static JSValue check_rejections(JSContext *context, int argc, JSValueConst *argv) {
  if (JS_IsJobPending(JS_GetRuntime(context))) {
    JS_EnqueueJob(context, check_rejections, argc, argv);
    return JS_UNDEFINED;
  }
  check_is_due = 0;
  if (rejections == NULL) return JS_UNDEFINED;
  fputs("masq-agent crashed: ", stderr);
  JS_Throw(context, JS_DupValue(context, rejections->reason));
  js_std_dump_error(context);
  exit(70);
}

/*
 * QuickJS's own tracker ends the process at once, before the caller of an async function that throws can catch it.
 */
static void track_rejection(JSContext *context, JSValueConst promise, JSValueConst reason, JS_BOOL is_handled,
                            void *opaque) {
  (void)opaque;
  if (!is_handled) {
    struct rejection *rejection = malloc(sizeof *rejection);
    if (rejection == NULL) abort();
    rejection->next = rejections;
    rejection->promise = JS_DupValue(context, promise);
    rejection->reason = JS_DupValue(context, reason);
    rejections = rejection;
    if (!check_is_due) JS_EnqueueJob(context, check_rejections, 0, NULL);
    check_is_due = 1;
    return;
  }
  for (struct rejection **at = &rejections; *at != NULL; at = &(*at)->next) {
    struct rejection *rejection = *at;
    if (JS_VALUE_GET_PTR(rejection->promise) != JS_VALUE_GET_PTR(promise)) continue;
    *at = rejection->next;
    JS_FreeValue(context, rejection->promise);
    JS_FreeValue(context, rejection->reason);
    free(rejection);
    return;
  }
}

/* The first module is the program; whatever it throws ends it. */
static void run(JSContext *context) {
  JSValue program = read_module(context, &modules[0]);
  if (!JS_IsException(program) && JS_ResolveModule(context, program) == 0) program = JS_EvalFunction(context, program);
  program = js_std_await(context, program);
  if (JS_IsException(program)) {
    js_std_dump_error(context);
    exit(EXIT_FAILURE);
  }
  JS_FreeValue(context, program);
}

/*
 * Large blocks go back to the system as soon as they are free, and small ones when the program says that it is done with
 * something: what it gives back too soon, it has to fetch again page by page.
 */
static void set_memory_limits(JSRuntime *runtime) {
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  JS_SetGCThreshold(runtime, 64 << 20);
}

int main(int argc, char **argv) {
  open_standard_descriptors();
  JSRuntime *runtime = JS_NewRuntime();
  JSContext *context = runtime == NULL ? NULL : new_context(runtime);
  if (context == NULL) return EXIT_FAILURE;
  set_memory_limits(runtime);
  js_std_init_handlers(runtime);
  JS_SetModuleLoaderFunc(runtime, NULL, load_module, NULL);
  JS_SetHostPromiseRejectionTracker(runtime, track_rejection, NULL);
  js_std_add_helpers(context, argc, argv);
  run(context);
  js_std_loop(context);
  return EXIT_SUCCESS;
}
