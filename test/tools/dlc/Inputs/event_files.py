"""event_files.py LOGDIR HISTORY: reads event files by their definition, without TensorFlow: TFRecord frames and the
fields of Event, Summary, HistogramProto and GraphDef. Anything else in them is an error."""
import pathlib
import struct
import sys


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(path):
    data = path.read_bytes()
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        body = data[12:12 + length]
        assert struct.unpack("<I", data[8:12])[0] == masked(data[:8]), "checksum of the length"
        assert struct.unpack("<I", data[12 + length:16 + length])[0] == masked(body), "checksum of the data"
        yield body
        data = data[16 + length:]


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            (value,), at = struct.unpack("<d", data[at:at + 8]), at + 8
        elif kind == 5:
            (value,), at = struct.unpack("<f", data[at:at + 4]), at + 4
        else:
            assert kind == 2, kind
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        yield number, value


def doubles(data):
    return struct.unpack(f"<{len(data) // 8}d", data)


def signed(value):
    return value - (1 << 64) if value >> 63 else value


def shapes(value):
    """Of AttrValue.list.shape, as text."""
    (one,) = fields(value)
    assert one[0] == 1
    return " ".join("[" + ", ".join(str(signed(dict(fields(dim))[1])) for number, dim in fields(shape)) + "]"
                    for _, shape in fields(one[1]))


def nodes(graph):
    """Name, op, inputs and attributes of each NodeDef; the version is there and every input is a node before."""
    found, names = [], set()
    for number, value in fields(graph):
        if number == 4:
            assert dict(fields(value)) == {1: 1}, "versions.producer"
            continue
        assert number == 1, number
        node = {"inputs": [], "attributes": {}}
        for field, part in fields(value):
            if field == 3:
                node["inputs"].append(part.decode())
            elif field == 5:
                entry = dict(fields(part))
                node["attributes"][entry[1].decode()] = entry[2]
            else:
                node[{1: "name", 2: "op"}[field]] = part.decode()
        assert node["name"] not in names and names.issuperset(node["inputs"]), node
        names.add(node["name"])
        found.append(node)
    return found


def read(folder):
    (path,) = folder.glob("events.out.tfevents.*")
    version, scalars, histograms = "", {}, {}
    for event in map(dict, map(fields, records(path))):
        for node in nodes(event.get(4, b"")):
            shape = shapes(node["attributes"]["_output_shapes"]) if "_output_shapes" in node["attributes"] else "-"
            print(f"graph: {node['name']}, {node['op']} of ({', '.join(node['inputs'])}), {shape}")
    for record in records(path):
        event = dict(fields(record))
        assert 1.6e9 < event[1] < 1e11, "wall time"
        version = event[3].decode() if 3 in event else version
        for number, value in fields(event.get(5, b"")):
            assert number == 1
            entry = dict(fields(value))
            tag = entry[1].decode()
            if 2 in entry:
                scalars[tag, event[2]] = entry[2]
            else:
                histograms[tag, event[2]] = dict(fields(entry[5]))
    return version, scalars, histograms


logdir, history = pathlib.Path(sys.argv[1]), sys.argv[2]
header, *rows = [line.rstrip("\n").split("\t") for line in open(history, encoding="utf-8")]
right = True
for part, prefix in (("train", ""), ("validation", "val_")):
    version, scalars, histograms = read(logdir / part)
    steps = " ".join(str(step) for step in sorted({step for _, step in scalars}))
    print(f"{part}: {version}, steps {steps}, {' '.join(sorted({tag for tag, _ in scalars}))}")
    for (tag, step), value in scalars.items():
        wanted = float(rows[step][header.index(prefix + tag.removeprefix("epoch_"))])
        right = right and struct.unpack("<f", struct.pack("<f", wanted))[0] == value
    if part == "train":
        last = {tag.removesuffix("/histogram"): value for (tag, step), value in histograms.items()
                if step == len(rows) - 1}
        names = sorted(last)
        print(f"train: histograms {' '.join(names)} of {' '.join(str(int(last[name][3])) for name in names)} numbers")
    for histogram in histograms.values():
        limits, counts = doubles(histogram[6]), doubles(histogram[7])
        right = right and len(limits) == len(counts) and sum(counts) == histogram[3] and list(limits) == sorted(limits)
        right = right and histogram[1] <= histogram[2] <= limits[-1]
print("values as in the history" if right else "other values than in the history")
