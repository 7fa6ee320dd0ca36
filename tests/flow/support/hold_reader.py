# SPDX-License-Identifier: Apache-2.0
"""Another program that holds a reader for itself. Prints "held", lets go when standard input ends.
Usage: hold_reader.py [reader index]   (PCSCLITE_CSOCK_NAME names the service)"""
import ctypes
import sys

SHARE_EXCLUSIVE = 1
PROTOCOL_ANY = 3
LEAVE_CARD = 0
NAMES_BYTES_MAX = 8192


def must(status, what):
    if status != 0:
        sys.exit(f"{what}: {status & 0xFFFFFFFF:08X}")


def main():
    library = ctypes.CDLL("libpcsclite.so.1")
    word = ctypes.c_ulong
    context, card, protocol, length = ctypes.c_long(), ctypes.c_long(), word(), word(NAMES_BYTES_MAX)
    must(library.SCardEstablishContext(word(2), None, None, ctypes.byref(context)), "SCardEstablishContext")
    names = ctypes.create_string_buffer(NAMES_BYTES_MAX)
    must(library.SCardListReaders(context, None, names, ctypes.byref(length)), "SCardListReaders")
    reader = names.raw[:length.value].split(b"\0")[int(sys.argv[1]) if len(sys.argv) > 1 else 0]
    must(library.SCardConnect(context, reader, word(SHARE_EXCLUSIVE), word(PROTOCOL_ANY), ctypes.byref(card),
                              ctypes.byref(protocol)), "SCardConnect")
    print("held", flush=True)
    sys.stdin.read()
    library.SCardDisconnect(card, word(LEAVE_CARD))
    library.SCardReleaseContext(context)


if __name__ == "__main__":
    main()
