#ifndef MASQ_NATIVE_H
#define MASQ_NATIVE_H

#include <quickjs/quickjs.h>

/* Makes the module "native" known to a context. */
void init_native(JSContext *context);

/* Functions of the module that are in other files. */
JSValue native_listen(JSContext *context, JSValueConst this, int argc, JSValueConst *argv);
JSValue native_accept(JSContext *context, JSValueConst this, int argc, JSValueConst *argv);

#endif
