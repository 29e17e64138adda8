"""What most people run today: the Swiss Ephemeris behind FastAPI, written as its users would, and as fast as that goes.

One process, started by uvicorn with uvloop and httptools; replies by orjson, past FastAPI's own encoder and validation.
It answers what /v1/positions answers without parameters but `date`: ten bodies, six quantities each, and what follows
from them. The endpoint is a coroutine: calls into the library take microseconds, and a thread pool would cost more.
"""

import os
from datetime import datetime, timezone

import orjson
import swisseph as swe
from fastapi import FastAPI, Response

swe.set_ephe_path(os.environ["EPHE"])

BODIES = [
    ("sun", swe.SUN), ("moon", swe.MOON), ("mercury", swe.MERCURY), ("venus", swe.VENUS), ("mars", swe.MARS),
    ("jupiter", swe.JUPITER), ("saturn", swe.SATURN), ("uranus", swe.URANUS), ("neptune", swe.NEPTUNE),
    ("pluto", swe.PLUTO),
]  # fmt: skip
SIGNS = [
    "aries", "taurus", "gemini", "cancer", "leo", "virgo", "libra", "scorpio", "sagittarius", "capricorn", "aquarius",
    "pisces",
]  # fmt: skip
FLAGS = swe.FLG_SWIEPH | swe.FLG_SPEED

app = FastAPI(openapi_url=None)


@app.get("/v1/positions")
async def positions(date: datetime) -> Response:
    utc = date.astimezone(timezone.utc)
    jd_tt, jd_ut = swe.utc_to_jd(
        utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second + utc.microsecond / 1e6, swe.GREG_CAL
    )
    answers = []
    for name, body in BODIES:
        (longitude, latitude, distance, *speeds), returned = swe.calc(jd_tt, body, FLAGS)
        if returned & swe.FLG_MOSEPH:
            return Response(b'{"code":"outside_ephemeris"}', 422, media_type="application/problem+json")
        answers.append({
            "body": name,
            "longitude": longitude,
            "latitude": latitude,
            "distance": distance,
            "longitude_speed": speeds[0],
            "latitude_speed": speeds[1],
            "distance_speed": speeds[2],
            "sign": SIGNS[int(longitude // 30)],
            "sign_longitude": longitude % 30,
            "retrograde": speeds[0] < 0,
            "source": "live",
        })
    document = {
        "query": {"date": utc, "bodies": [name for name, _ in BODIES]},
        "time": {"utc": utc, "jd_ut": jd_ut, "jd_tt": jd_tt, "delta_t": (jd_tt - jd_ut) * 86400},
        "positions": answers,
        "provenance": {"source": "live", "ephemeris": f"Swiss Ephemeris {swe.version}"},
    }
    return Response(orjson.dumps(document), media_type="application/json")
