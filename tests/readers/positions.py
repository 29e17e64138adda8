"""A reader of Orrery tables in numpy, made from format/SPEC.md alone; comments name its sections.

`positions.py DATASET_DIR JD_TT[,JD_TT...] BODY [BODY...]` prints a line of JSON for each instant and, at it, each body:
the geocentric ecliptic place on the true equinox of date, [longitude deg, latitude deg, distance au, and their rates
per day of TT], or null where the tables do not answer, outside their span and in refused segments. It trusts the files:
of section 10 it checks what they are, and that no index leads outside them, but no hash."""
import json
import sys
import numpy as np

HEADER = np.dtype([("magic", "S8"), ("version", "<u4"), ("", "V28"), ("offset", "<u8"), ("count", "<u8"),  # section 2
                   ("cells", "<u8"), ("record_bytes", "<u4"), ("groups", "3u1"), ("", "V1"), ("span", "2<f8"),
                   ("quanta", "3<f8"), ("grid_jd", "<f8"), ("per_day", "<f8"), ("product", "S32"), ("", "V96")])

def load(path, product):  # a block's header and its records, mapped
    header = np.memmap(path, HEADER, "r", shape=1)[0]
    if [header["magic"], header["version"], header["product"]] != [b"ORRERY\r\n", 2, product.encode()]:
        sys.exit(f"{path} is no block of {product} in layout version 2")
    record = np.dtype([("start", "<f8"), ("per_half", "<f8"), ("terms", "<f8", (3, 2)),  # section 3
                       ("tail", "<i4", (int(header["record_bytes"]) // 16 - 4, 4))])
    return header, np.memmap(path, record, "r", int(header["offset"]), (int(header["count"]),))

def find(header, records, t):  # section 4
    last = int(header["cells"]) - 1
    n = min(max(int((t - header["grid_jd"]) * header["per_day"]), 0), last)
    start, per_half, terms, _ = records[n]
    x = (t - start) * per_half - 1
    if not -1 <= x < 1:
        n = max(n - 1, 0) if t < start else min(n + int(x >= 1 or np.isnan(per_half) and t >= terms[1, 0]), last)
    first, count = records[n]["terms"][0]
    if np.isnan(records[n]["per_half"]) and count >= 2 and 0 <= first <= len(records) - count:
        return records[int(first) + np.count_nonzero(records["start"][int(first) + 1:int(first + count)] <= t)]
    return records[n]

def components(blocks, t):  # section 5: the three values, their rates; NaN where there is no answer
    answer = np.full((2, 3), np.nan)
    for header, records in (block for block in blocks if block[0]["span"][0] <= t < block[0]["span"][1]):
        record = find(header, records, t)
        x = (t - record["start"]) * record["per_half"] - 1
        tails = np.split(record["tail"].astype("f8"), np.cumsum(header["groups"], dtype=int))
        for i, (tail, (a0, a1), u) in enumerate(zip(tails, record["terms"], header["quanta"])):
            e = np.zeros((2, 4))  # s and r
            for j in reversed(range(len(tail))):
                e = e * (x * x * (x * x)) + [tail[j], tail[j] * (4 * j + np.arange(2, 6))]
            q, d = (e[:, 0] + e[:, 1] * x) + (e[:, 2] + e[:, 3] * x) * (x * x)
            answer[:, i] = a0 + (a1 * x + (q * u) * (x * x)), (a1 + (d * u) * x) * record["per_half"]
    return answer

def wrap(v):  # section 7
    v = v + 360 if v < 0 else v - 360 if v >= 360 else v
    return 0.0 if v >= 360 else v

directory, instants, *bodies = sys.argv[1:]
listed = json.load(open(f"{directory}/manifest.json", encoding="utf-8"))["blocks"]  # section 8
products = {name: [load(f"{directory}/blocks/{block['file']}", name) for block in listed if block["product"] == name]
            or sys.exit(f"the dataset has no {name}") for name in ["nutation", *(f"geo/{body}" for body in bodies)]}
for t, body in ((float(t), body) for t in instants.split(",") for body in bodies):
    place, nutation = components(products[f"geo/{body}"], t), components(products["nutation"], t)
    place[:, 0] = wrap(wrap(place[0, 0]) + nutation[0, 0]), place[1, 0] + nutation[1, 0]
    print(json.dumps(None if np.isnan(place).any() else place.ravel().tolist()))
