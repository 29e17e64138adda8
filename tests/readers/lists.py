"""A reader of Orrery lists, made from format/SPEC.md alone; comments name its sections.

`lists.py DATASET_DIR NAME START_JD_TT END_JD_TT` prints a line of JSON for each entry of the list that happens in
[START, END): its numbers in the order of section 16, NaN as null, arrays in place. It trusts the files as
`positions.py` does."""
import bisect
import json
import math
import struct
import sys

ENTRIES = {"almanac": "<3d4H", "lunar_eclipses": "<12dhHB3x", "solar_eclipses": "<56dhHB3x"}  # section 16

directory, name, start, end = sys.argv[1:]
with open(f"{directory}/manifest.json", encoding="utf-8") as file:
    listed = [entry for entry in json.load(file)["lists"] if entry["name"] == name]  # section 8
if not listed:
    sys.exit(f"the dataset has no list {name}")
with open(f"{directory}/lists/{listed[0]['file']}", "rb") as file:
    data = file.read()
magic, version, offset, count, size, own = struct.unpack_from("<8sI28x2QI20x32s", data)  # section 15
if [magic, version, own.rstrip(b"\0")] != [b"ORRLST\r\n", 2, name.encode()] or size != struct.calcsize(ENTRIES[name]):
    sys.exit(f"{listed[0]['file']} is no list {name} in layout version 2")
entries = [struct.unpack_from(ENTRIES[name], data, offset + size * nth) for nth in range(count)]
for nth in range(*(bisect.bisect_left(entries, float(jd), key=lambda entry: entry[0]) for jd in (start, end))):
    print(json.dumps([None if isinstance(x, float) and math.isnan(x) else x for x in entries[nth]]))
