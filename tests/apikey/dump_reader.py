#!/usr/bin/env python3
"""What somebody who has stolen a dump would try as an API key: everything in it that looks like one.

usage: dump_reader.py DUMP CANDIDATES

Knows nothing of pcx: every run of letters, digits and _:+/=-\\. of 8 to 300 characters, every part of it,
every text of a row, whole, every hexadecimal number in all its spellings, and what is encoded in any of
these. A candidate a line, in hexadecimal digits.
"""
import base64
import binascii
import re
import sys

RUN = re.compile(rb"[A-Za-z0-9_:+/=\-\\.]{8,}")
HEXADECIMAL = re.compile(rb"[0-9A-Fa-f]{16,}")
LITERAL = re.compile(rb"'((?:[^']|'')*)'")
SEPARATORS = re.compile(rb"[:+/=\-\\.]")
LENGTHS = range(1, 301)


def texts_of_rows(dump):
    """Of INSERT and of COPY."""
    for literal in LITERAL.findall(dump):
        yield literal.replace(b"''", b"'")
    for line in dump.split(b"\n"):
        for field in line.split(b"\t"):
            yield field
            yield field.replace(b"\\\\", b"\\")


def parts_of(run):
    yield run
    for part in SEPARATORS.split(run):
        yield part
    for at in SEPARATORS.finditer(run):
        yield run[at.end():]
        yield run[:at.start()]


def spellings_of(digits):
    digits = digits[: len(digits) // 2 * 2]
    number = binascii.unhexlify(digits)
    yield number
    for text in (digits.lower(), digits.upper()):
        yield from (text, b"\\x" + text, b"0x" + text, b"sha256:" + text)
    yield base64.b64encode(number)
    yield base64.b64encode(number).rstrip(b"=")
    yield base64.urlsafe_b64encode(number).rstrip(b"=")


def decoded(run):
    try:
        yield base64.b64decode(run + b"=" * (-len(run) % 4), altchars=b"-_", validate=True)
        yield base64.b64decode(run + b"=" * (-len(run) % 4), validate=True)
    except binascii.Error:
        return


def candidates_of(dump):
    for text in texts_of_rows(dump):
        yield text
    for run in RUN.findall(dump):
        yield from parts_of(run)
        yield from decoded(run)
    for digits in HEXADECIMAL.findall(dump):
        yield from spellings_of(digits)


def main():
    with open(sys.argv[1], "rb") as file:
        dump = file.read()
    with open(sys.argv[2], "w", encoding="ascii") as file:
        for candidate in sorted({each for each in candidates_of(dump) if len(each) in LENGTHS}):
            print(candidate.hex(), file=file)


if __name__ == "__main__":
    main()
