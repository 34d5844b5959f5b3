/* The program around the agent's bytecode: the least of QuickJS that it needs. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <quickjs/quickjs-libc.h>

#include "agent.h"

/*
 * QuickJS closes every descriptor up to the limit, one by one, in each child that it forks. Container runtimes allow a
 * million and more, which takes a fifth of a second; neither the agent nor what it runs needs more than a few.
 */
static void limit_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur > 256) {
    limit.rlim_cur = 256;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
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

int main(int argc, char **argv) {
  limit_descriptors();
  JSRuntime *runtime = JS_NewRuntime();
  JSContext *context = runtime == NULL ? NULL : new_context(runtime);
  if (context == NULL) return EXIT_FAILURE;
  js_std_init_handlers(runtime);
  JS_SetHostPromiseRejectionTracker(runtime, track_rejection, NULL);
  js_std_add_helpers(context, argc, argv);
  js_std_eval_binary(context, agent_bytecode, agent_bytecode_size, 0);
  js_std_loop(context);
  return EXIT_SUCCESS;
}
