/* Sockets, of which QuickJS's own modules have none. */

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native.h"

/* An address of either family as text, with a port; its length, or 0 when the text is no address. */
static socklen_t read_address(const char *text, int port, struct sockaddr_storage *address) {
  struct sockaddr_in *four = (struct sockaddr_in *)address;
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
  *address = (struct sockaddr_storage){0};
  if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    return sizeof *four;
  }
  if (inet_pton(AF_INET6, text, &six->sin6_addr) != 1) return 0;
  six->sin6_family = AF_INET6;
  six->sin6_port = htons(port);
  return sizeof *six;
}

static int listen_on(const char *text, int port) {
  struct sockaddr_storage address;
  socklen_t length = read_address(text, port, &address);
  if (length == 0) return -EINVAL;
  int descriptor = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  const int on = 1;
  if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      bind(descriptor, (struct sockaddr *)&address, length) == 0 && listen(descriptor, SOMAXCONN) == 0)
    return descriptor;
  int error = errno;
  close(descriptor);
  return -error;
}

/* listen(address, port): a socket that waits for nothing, or an error's number below zero. */
JSValue native_listen(JSContext *context, JSValueConst this, int argc, JSValueConst *argv) {
  (void)this, (void)argc;
  int32_t port;
  if (JS_ToInt32(context, &port, argv[1]) < 0) return JS_EXCEPTION;
  const char *address = JS_ToCString(context, argv[0]);
  if (address == NULL) return JS_EXCEPTION;
  int descriptor = listen_on(address, port);
  JS_FreeCString(context, address);
  return JS_NewInt32(context, descriptor);
}

/* accept(listener): the socket of somebody who connected, which waits for nothing either, or an error's number. */
JSValue native_accept(JSContext *context, JSValueConst this, int argc, JSValueConst *argv) {
  (void)this, (void)argc;
  int32_t listener;
  if (JS_ToInt32(context, &listener, argv[0]) < 0) return JS_EXCEPTION;
  int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  return JS_NewInt32(context, descriptor < 0 ? -errno : descriptor);
}
