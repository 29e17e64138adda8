"""How long kerykeion takes for a chart: positions, houses and aspects, as its documentation makes them. Prints microseconds."""

import random
import sys
import time

from kerykeion import AspectsFactory, AstrologicalSubjectFactory


def chart(lot):
    subject = AstrologicalSubjectFactory.from_birth_data(
        "a birth",
        lot.randint(1900, 2000),
        lot.randint(1, 12),
        lot.randint(1, 28),
        lot.randint(0, 23),
        lot.randint(0, 59),
        lng=lot.uniform(-180, 180),
        lat=lot.uniform(-60, 60),
        tz_str="Etc/UTC",
        city="a place",
        nation="XX",
        online=False,
    )
    return len(AspectsFactory.single_chart_aspects(subject).aspects)


def main():
    charts, lot = int(sys.argv[1]), random.Random(1)
    chart(lot)
    begun = time.perf_counter()
    aspects = sum(chart(lot) for _ in range(charts))
    assert aspects > charts, "charts without aspects"
    print((time.perf_counter() - begun) / charts * 1e6)


if __name__ == "__main__":
    main()
