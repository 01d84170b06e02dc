#!/usr/bin/env python3
"""Prints the events of a .cap: an independent reader, written from docs/cap-format.md alone.

usage: cap_reader.py FILE.cap

A line an event: number from 1, time in ns, CPU, thread, type, dump flags, and the parameters in hexadecimal, separated by
commas; then what stands behind them, if anything, as +HEX, and the options as CODE:HEX. Needs nothing but Python's standard
library and the command zstd. What it does not know it passes over, and says so on stderr.
"""
import struct
import subprocess
import sys

MAGIC = b"\xa7CAP"
HEADER = 24
FILE, BLOCKS, BATCH, VALUES, SUMMARIES, INDEX, TABLES = 1, 2, 3, 4, 5, 6, 7
HEAD, CPU, THREAD, THREADS, TYPE, TYPES, TIME, MARKS, SURPLUS_LENGTH, SURPLUS, SHAPE, SHAPES, STRING_MODEL = range(1, 14)
COUNT, SAME_AS, SAME, ENDED_TEXT, INT8, INT16, INT32, INT64, VECTOR, TEXT, WORDS, LENGTH, DATA = range(16, 29)
STRING_LENGTH, STRING = 30, 31
VALUES_HEAD, BATCH_HEAD = 40, 64
OPTION = 65535
MASK = (1 << 64) - 1


class Damage(Exception):
    """Bytes that are not as the document says."""


def crc_table():
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        yield byte


CRC = list(crc_table())


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def unpack(frames):
    """Frames one behind the other, unpacked in one go."""
    if not frames:
        return b""
    done = subprocess.run(["zstd", "-dcq"], input=frames, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Damage("zstd cannot unpack it")
    return done.stdout


def varint(data, at):
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return number & MASK, at


def varints(data, count):
    at = 0
    for _ in range(count):
        number, at = varint(data, at)
        yield number


def unsign(number):
    """0, 1, 2, 3 … become 0, -1, 1, -2 …"""
    return number >> 1 ^ -(number & 1)


def signed(number):
    """A number modulo 2^64 as one of 64 bits with a sign."""
    return number - (1 << 64) if number >> 63 else number


def rough(data, count):
    bits, at = int.from_bytes(data[count:], "little"), 0
    for value in data[:count]:
        lacking = max(value // 4 - 1, 0)
        yield (value - 4 * lacking << lacking) | (bits >> at & (1 << lacking) - 1)
        at += lacking


def numbers(coding, data, count):
    is_signed, coding = bool(coding & 16), coding & 15
    if coding == 0:
        found = [varint(data, 0)[0]] * count
    elif coding == 1:
        found = varints(data, count)
    elif coding == 2:
        last, found = 0, []
        for step in varints(data, count):
            last = signed(last + unsign(step) & MASK)
            found.append(last)
        return found
    elif coding == 3:
        planes = [data[at : at + count] for at in range(0, len(data), count)]
        found = [int.from_bytes(bytes(parts), "little") for parts in zip(*planes)]
    elif coding == 4:
        # Long numbers are slow to shift: so many at a time.
        found = rough_pieces(data, count)
    else:
        raise Damage(f"no coding {coding}")
    return [unsign(number) if is_signed else signed(number) for number in found]


def rough_pieces(data, count, piece=512):
    at = 0
    for start in range(0, count, piece):
        roughs = data[start : min(start + piece, count)]
        bits = sum(max(value // 4 - 1, 0) for value in roughs)
        first, last = count + at // 8, count + (at + bits + 7) // 8
        shifted = int.from_bytes(data[first:last], "little") >> at % 8
        yield from rough(roughs + shifted.to_bytes(last - first + 1, "little"), len(roughs))
        at += bits


class Columns:
    """A set of columns: by kind, type and parameter."""

    def __init__(self, payload):
        length, checksum = struct.unpack_from("<II", payload)
        packed = payload[8 : 8 + length]
        if crc32c(packed) != checksum:
            raise Damage("the directory's checksum is wrong")
        directory, at, start = unpack(packed), 0, 8 + length
        self.entries, self.sizes, frames, fronts = {}, {}, [], []
        while at < len(directory):
            fields = []
            for _ in range(8):
                field, at = varint(directory, at)
                fields.append(field)
            (checksum,) = struct.unpack_from("<I", directory, at)
            at += 4
            kind, code, index, coding, compression, count, coded, stored = fields
            data = payload[start : start + stored]
            start += stored
            if len(data) != stored or crc32c(data) != checksum:
                raise Damage("a column's checksum is wrong")
            self.sizes[kind, code, index] = stored
            rest = b""
            if compression == 2:
                front, behind = varint(data, 0)
                data, rest = data[behind : behind + front], data[behind + front :]
            if compression:
                frames.append(data)
                fronts.append(((kind, code, index), coded - len(rest)))
                data = b""
            self.entries[kind, code, index] = (coding, count, data, rest)
        unpacked, at = unpack(b"".join(frames)), 0
        for key, length in fronts:
            coding, count, _, rest = self.entries[key]
            self.entries[key] = (coding, count, unpacked[at : at + length] + rest, b"")
            at += length

    def has(self, kind, code=0, index=0):
        return (kind, code, index) in self.entries

    def numbers(self, kind, code=0, index=0):
        if not self.has(kind, code, index):
            return []
        coding, count, data, _ = self.entries[kind, code, index]
        return numbers(coding, data, count)

    def bytes(self, kind, code=0, index=0):
        return self.entries[kind, code, index][2] if self.has(kind, code, index) else b""


def read_strings(columns, head, strings):
    first = columns.numbers(head)[1]
    if first > len(strings):
        raise Damage("strings are missing")
    del strings[first:]
    data, at = columns.bytes(STRING), 0
    models = iter(columns.numbers(STRING_MODEL))
    for length in columns.numbers(STRING_LENGTH):
        if length & 1:
            model = strings[next(models)]
            strings.append(model[len(model) - length // 2 :])
        else:
            strings.append(data[at : at + length // 2])
            at += length // 2


def cut(data, lengths):
    at = 0
    for length in lengths:
        yield data[at : at + length]
        at += length


def values(columns, code, index, strings):
    """The stored values of a parameter, or of the options with a code."""
    for kind, width in ((INT8, 1), (INT16, 2), (INT32, 4), (INT64, 8)):
        if columns.has(kind, code, index):
            return [number.to_bytes(width, "little", signed=True) for number in columns.numbers(kind, code, index)]
    for kind, behind in ((TEXT, b""), (ENDED_TEXT, b"\0")):
        if columns.has(kind, code, index):
            words = columns.numbers(WORDS, code, index)
            following = iter(words)
            texts = columns.numbers(kind, code, index)
            return [strings[words[text - 1] if text else next(following)] + behind for text in texts]
    if index == OPTION and columns.has(VECTOR, code, 0):
        parts = []
        while columns.has(VECTOR, code, len(parts)):
            parts.append(columns.numbers(VECTOR, code, len(parts)))
        return [b"".join(part.to_bytes(8, "little", signed=True) for part in row) for row in zip(*parts)]
    return list(cut(columns.bytes(DATA, code, index), columns.numbers(LENGTH, code, index)))


class Batch:
    """The events of a batch."""

    def __init__(self, columns, strings):
        self.columns, self.strings = columns, strings
        self.cpus = columns.numbers(CPU)
        self.threads = columns.numbers(THREADS)
        self.places = self.read_threads()
        # Thread by thread, each thread's events as they came: the sort keeps the order of what is equal.
        self.order = sorted(range(len(self.places)), key=self.places.__getitem__)
        self.codes, self.enters = [0] * len(self.places), [None] * len(self.places)
        self.read_types()
        self.of_type = {}
        for row in self.order:
            self.of_type.setdefault(self.codes[row], []).append(row)
        self.params = self.read_params()

    def read_threads(self):
        last, places = {}, []
        for cpu, place in zip(self.cpus, self.columns.numbers(THREAD)):
            last[cpu] = place - 1 if place else last[cpu]
            places.append(last[cpu])
        return places

    def read_types(self):
        types, thread, call = self.columns.numbers(TYPES), None, None
        for row, kind in zip(self.order, self.columns.numbers(TYPE)):
            if self.places[row] != thread:
                thread, call = self.places[row], None
            is_enter = False
            if kind:
                code, is_enter = types[kind - 1] >> 1, types[kind - 1] & 1
            else:
                code = self.codes[call] + 1
            if call is not None and code == self.codes[call] + 1:
                self.enters[row], call = call, None
            self.codes[row] = code
            if is_enter:
                call = row

    def read_params(self):
        params = [[None] * count for count in self.counts()]
        # Enter events have even types: they come before those that take values from them.
        for code in sorted(self.of_type):
            rows = self.of_type[code]
            for index in range(max(len(params[row]) for row in rows)):
                self.read_param(code, index, params)
        return params

    def counts(self):
        counts = [0] * len(self.codes)
        for code, rows in self.of_type.items():
            for row, count in zip(rows, self.columns.numbers(COUNT, code)):
                counts[row] = count
        return counts

    def read_param(self, code, index, params):
        stored = iter(values(self.columns, code, index, self.strings))
        same = iter(self.columns.numbers(SAME, code, index))
        same_as = self.columns.numbers(SAME_AS, code, index)
        for row in self.of_type[code]:
            if len(params[row]) <= index:
                continue
            enter = self.enters[row]
            if same_as and enter is not None and len(params[enter]) > same_as[0] and next(same):
                params[row][index] = params[enter][same_as[0]]
            else:
                params[row][index] = next(stored)

    def options(self):
        """Of each event: codes and values."""
        listed, shapes = iter(self.columns.numbers(SHAPES)), []
        for count in listed:
            shapes.append([next(listed) for _ in range(count)])
        shape_of = [0] * len(self.codes)
        for code, rows in self.of_type.items():
            for row, shape in zip(rows, self.columns.numbers(SHAPE, code)):
                shape_of[row] = shape
        stored, options = {}, [[] for _ in self.codes]
        for row in self.order:
            for code in shapes[shape_of[row] - 1] if shape_of[row] else []:
                if code not in stored:
                    stored[code] = iter(values(self.columns, code, OPTION, self.strings))
                options[row].append((code, next(stored[code])))
        return options

    def lines(self, number):
        """The lines of the events, the first of which has a number."""
        head = self.columns.numbers(BATCH_HEAD)
        repeated = head[2] if head else 0
        time = self.columns.numbers(HEAD)[0] & MASK
        behind = self.columns.numbers(SURPLUS_LENGTH) or [0] * len(self.codes)
        behind = cut(self.columns.bytes(SURPLUS), behind)
        steps, marks = self.columns.numbers(TIME), self.columns.numbers(MARKS)
        for row, (step, mark, surplus, options) in enumerate(zip(steps, marks, behind, self.options())):
            time = time + step & MASK
            if row < repeated:
                continue
            params = ",".join(param.hex() for param in self.params[row])
            parts = [number, time, self.cpus[row], self.threads[self.places[row]], self.codes[row], mark >> 1, params]
            parts += ["+" + surplus.hex()] if surplus else []
            parts += [f"{code}:{value.hex()}" for code, value in options]
            yield " ".join(str(part) for part in parts)
            number += 1


def sections(data):
    """Kind and content of each section."""
    at = 0
    while at < len(data):
        header = data[at : at + HEADER]
        is_header = len(header) == HEADER and header.startswith(MAGIC)
        if not is_header or crc32c(header[:20]) != struct.unpack_from("<I", header, 20)[0]:
            following = data.find(MAGIC, at + 1)
            print(f"no section at {at}", file=sys.stderr)
            at = following if following >= 0 else len(data)
            continue
        kind, _version, length = struct.unpack_from("<HHQ", header, 4)
        yield kind, data[at + HEADER : at + HEADER + length]
        at += HEADER + length


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    number, strings = 1, []
    for kind, payload in sections(data):
        if kind == FILE:
            major, _minor = struct.unpack_from("<HH", payload)
            if major != 1:
                sys.exit(f"version {major} is not known")
        elif kind == VALUES:
            read_strings(Columns(payload), VALUES_HEAD, strings)
        elif kind == BATCH:
            columns = Columns(payload)
            read_strings(columns, HEAD, strings)
            for line in Batch(columns, strings).lines(number):
                print(line)
                number += 1
        elif kind not in (BLOCKS, SUMMARIES, INDEX, TABLES):
            print(f"sections of kind {kind} are passed over", file=sys.stderr)


if __name__ == "__main__":
    main()
