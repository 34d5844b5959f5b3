#ifndef MASQ_NATIVE_H
#define MASQ_NATIVE_H

#include <quickjs/quickjs.h>

/* Makes the module "native" known to a context. */
void init_native(JSContext *context);

#endif
