"""Reads a table of the server's in every way that its users do, and says what is not as the JSON columns have it.

Usage: tables.py ADDRESS QUERY, where the query asks for a table without saying in which format.
"""

import json
import sys
import tempfile
import urllib.request

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.csv

COLUMNS = ["longitude", "latitude", "distance", "longitude_speed", "latitude_speed", "distance_speed"]


def main(address, query):
    url = lambda format: f"{address}/v1/ephemeris?{query}&format={format}"
    opened = lambda format: urllib.request.urlopen(url(format))
    columns = json.load(opened("json"))
    bodies, instants = list(columns["bodies"]), len(columns["jd_tt"])
    expected = [
        [instant_tt, body, *(columns["bodies"][body][name][nth] for name in COLUMNS)]
        for nth, instant_tt in enumerate(columns["jd_tt"])
        for body in bodies
    ]

    with opened("arrow") as reply:
        arrow = pa.ipc.open_stream(reply).read_all()
    arrow.validate(full=True)
    frame = arrow.to_pandas()
    with opened("csv") as reply:
        csv = pa.csv.read_csv(reply)
    with tempfile.NamedTemporaryFile(suffix=".csv") as file, opened("csv") as reply:
        file.write(reply.read())
        file.flush()
        duckdb_csv = duckdb.read_csv(file.name).fetchdf()
    readings = {
        # Python's own dates begin with the year 1.
        "pyarrow": arrow.drop_columns(["utc"]).to_pylist(),
        "pandas, from Arrow": frame.to_dict("records"),
        "DuckDB, from Arrow": duckdb.sql("select * from arrow").fetchdf().to_dict("records"),
        "pyarrow, from CSV": csv.to_pylist(),
        "pandas, from CSV": pd.read_csv(url("csv")).to_dict("records"),
        "pandas, from NDJSON": pd.read_json(url("ndjson"), lines=True, precise_float=True).to_dict("records"),
        "DuckDB, from CSV": duckdb_csv.to_dict("records"),
    }
    for reader, rows in readings.items():
        assert len(rows) == len(expected), (reader, len(rows), len(expected))
        for row, wanted in zip(rows, expected):
            found = [row["jd_tt"], row["body"], *(row[name] for name in COLUMNS)]
            # Arrow has all digits; what is written in decimals is rounded as JSON is.
            near = all(
                one == other or (isinstance(one, float) and abs(one - other) <= 6e-10)
                for one, other in zip(found, wanted)
            )
            assert near, (reader, found, wanted)

    schema = arrow.schema
    assert schema.field("longitude").metadata[b"unit"] == b"deg", schema
    assert json.loads(schema.metadata[b"orrery.query"])["bodies"] == bodies, schema
    assert json.loads(schema.metadata[b"orrery.provenance"])["ephemeris"], schema
    assert str(frame["body"].dtype) == "category" and str(frame["utc"].dtype).startswith("datetime64"), frame.dtypes
    print(f"{len(expected)} rows of {instants} instants, read in {len(readings)} ways")


main(*sys.argv[1:])
