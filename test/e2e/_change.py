# SPDX-License-Identifier: EUPL-1.2
"""Bytes changed at random, in ways that hurt readers of JSON and of signed notes."""

TOKENS = [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\\u0000", b"\\ud800", b"\xff", b"\xc3\xa9", b"null", b"-0", b"1.0", b"1e2",
          b"18446744073709551616", b"9223372036854775808", b"true", b" ", b"\n", b"\0", b'"value":1,', b'"name":"node",', b"NaN", b"\xef\xbb\xbf",
          b"=", b"+", b"/", b"AAAA", b"\xe2\x80\x94", b"\\n", b"0"]


def change(data, chance):
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at, kind = chance.randrange(len(data)), chance.randrange(6)
        if kind == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del data[at:at + chance.choice((1, 1, 4, 44))]
        elif kind == 2:
            data[at:at] = chance.choice(TOKENS)
        elif kind == 3:
            token = chance.choice(TOKENS)
            data[at:at + len(token)] = token
        elif kind == 4:
            begin = chance.randrange(len(data))
            data[at:at] = data[begin:begin + chance.randrange(1, 80)]
        else:  # from one string, number or mark to the next
            end = data.find(b'"', at + 1)
            data[at:end if end > 0 else at + 1] = chance.choice(TOKENS)
        if not data:
            data = bytearray(b"0")
    return bytes(data)
