"""A host of the lab: it holds a network namespace, asks other hosts what source they see, and answers them.

Each line of standard input is a list of questions, each line of standard output the list of their answers, in JSON. The
host ends when its input does, and the namespace with it.
"""

import itertools
import json
import os
import selectors
import socket
import struct
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

PORT = 7777
TIMEOUT = 2
AT_ONCE = 16
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
ANY = {4: "0.0.0.0", 6: "::"}
ICMP = {4: socket.IPPROTO_ICMP, 6: socket.IPPROTO_ICMPV6}
ECHO_REQUEST = {4: 8, 6: 128}
ECHO_REPLY = {4: 0, 6: 129}
IP_PKTINFO = 8

# No source port or ICMP identifier is used twice: the kernel would treat the packet as it did the one before.
names = itertools.count(20000)


def opened(family, kind, protocol=0):
    made = socket.socket(FAMILIES[family], kind, protocol)
    if family == 6 and kind != socket.SOCK_RAW:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return made


def checksum(data):
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def echo(family, kind, name, content):
    """An ICMP echo message; the kernel fills in the checksum of IPv6."""
    head = lambda check: struct.pack("!BBHHH", kind, 0, check, name, 1)
    return head(checksum(head(0) + content) if family == 4 else 0) + content


def without_header(family, packet):
    """Raw sockets give packets of IPv4 with their headers."""
    return packet[(packet[0] & 15) * 4 :] if family == 4 else packet


class Mirror:
    """Answers at every address of the host, with the source that it saw."""

    def __init__(self):
        self.ready = selectors.DefaultSelector()
        for family in FAMILIES:
            stream = opened(family, socket.SOCK_STREAM)
            stream.bind((ANY[family], PORT))
            stream.listen(128)
            datagrams = opened(family, socket.SOCK_DGRAM)
            datagrams.bind((ANY[family], PORT))
            raw = opened(family, socket.SOCK_RAW, ICMP[family])
            for made, answer in [(stream, self.accept), (datagrams, self.reflect), (raw, self.reply)]:
                if family == 6:
                    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
                else:
                    made.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
                self.ready.register(made, selectors.EVENT_READ, (answer, family))

    def run(self):
        while True:
            for key, _ in self.ready.select():
                answer, family = key.data
                try:
                    answer(key.fileobj, family)
                except OSError as error:
                    print(f"no answer: {error}", file=sys.stderr)

    @staticmethod
    def seen(source, port):
        return json.dumps({"address": source[0].split("%")[0], "port": port}).encode()

    def accept(self, listening, family):
        stream, source = listening.accept()
        stream.sendall(self.seen(source, source[1]))
        stream.close()

    def reflect(self, datagrams, family):
        _, notes, _, source = datagrams.recvmsg(65536, 256)
        datagrams.sendmsg([self.seen(source, source[1])], [self.source_of_answer(family, notes)], 0, source)

    def reply(self, raw, family):
        packet, notes, _, source = raw.recvmsg(65536, 256)
        kind, _, _, name, _ = struct.unpack("!BBHHH", without_header(family, packet)[:8])
        if kind == ECHO_REQUEST[family]:
            answer = echo(family, ECHO_REPLY[family], name, self.seen(source, name))
            raw.sendmsg([answer], [self.source_of_answer(family, notes)], 0, source)

    @staticmethod
    def source_of_answer(family, notes):
        """The address that was asked is the one that answers."""
        (note,) = [data for level, kind, data in notes if kind in (IP_PKTINFO, socket.IPV6_PKTINFO)]
        if family == 6:
            return (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, note)
        return (socket.IPPROTO_IP, IP_PKTINFO, struct.pack("!I4s4s", 0, note[8:12], b"\0" * 4))


def ask(question):
    """Asks one address which source it sees."""
    try:
        to = socket.getaddrinfo(question["to"], PORT, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[0]
        family = 4 if to[0] == socket.AF_INET else 6
        name = next(names)
        own = (question.get("from", ANY[family]), name)
        seen, own = {"tcp": by_tcp, "udp": by_udp, "icmp": by_icmp}[question["protocol"]](family, own, to[4])
        return {"seen": json.loads(seen), "own": {"address": own[0].split("%")[0], "port": name}}
    except OSError as error:
        return {"fault": str(error)}


def by_tcp(family, own, to):
    with opened(family, socket.SOCK_STREAM) as stream:
        stream.settimeout(TIMEOUT)
        stream.bind(own)
        stream.connect(to)
        return stream.recv(65536), stream.getsockname()


def by_udp(family, own, to):
    with opened(family, socket.SOCK_DGRAM) as datagrams:
        datagrams.settimeout(TIMEOUT)
        datagrams.bind(own)
        datagrams.connect(to)
        datagrams.send(b"?")
        return datagrams.recv(65536), datagrams.getsockname()


def by_icmp(family, own, to):
    with opened(family, socket.SOCK_RAW, ICMP[family]) as raw:
        raw.settimeout(TIMEOUT)
        raw.bind((own[0], 0))
        raw.connect((to[0], 0, *to[2:]))
        raw.send(echo(family, ECHO_REQUEST[family], own[1], b"?"))
        while True:
            packet = without_header(family, raw.recv(65536))
            kind, _, _, name, _ = struct.unpack("!BBHHH", packet[:8])
            if kind == ECHO_REPLY[family] and name == own[1]:
                return packet[8:], raw.getsockname()


def configure(name, value):
    with open(f"/proc/sys/net/{name}", "w") as file:
        file.write(value)


def main():
    # The mirror answers pings, from any address that is routed to it, and no address has to wait until it may be used.
    configure("ipv4/icmp_echo_ignore_all", "1")
    configure("ipv6/icmp/echo_ignore_all", "1")
    configure("ipv6/ip_nonlocal_bind", "1")
    for which in ("all", "default"):
        configure(f"ipv6/conf/{which}/accept_dad", "0")
    threading.Thread(target=Mirror().run, daemon=True).start()
    print(json.dumps({"ready": os.getpid()}), flush=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for line in sys.stdin:
            print(json.dumps(list(pool.map(ask, json.loads(line)))), flush=True)


main()
