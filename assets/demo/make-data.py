#!/usr/bin/env python3
"""Write the made-up data of the demo: make-data.py catalogue 1|2|3, or make-data.py regions

Always the same text for the same arguments. It looks like data and compresses well.
"""
import json
import random
import sys

COLOURS = ["red", "blue", "green", "black", "white", "grey", "yellow", "brown"]
THINGS = {
    "kitchen": ["kettle", "pan", "bowl", "mug", "board", "knife"],
    "garden": ["rake", "spade", "hose", "pot", "bench", "lamp"],
    "office": ["chair", "desk", "stapler", "shelf", "folder", "pen"],
}
WAREHOUSES = ["north", "south", "harbour", "airport"]


def catalogue(edition):
    pick = random.Random(7)
    products = []
    for number in range(2600 if edition == 3 else 2050):  # 1 and 2 are samples, 3 is the real one
        category = pick.choice(list(THINGS))
        colour, thing = pick.choice(COLOURS), pick.choice(THINGS[category])
        price = pick.randrange(4, 80) * 50 - 1
        if number % 16 == edition % 16:
            price += 50 * edition
        products.append({
            "sku": f"SH-{100000 + number}",
            "title": f"{colour} {thing}".capitalize(),
            "category": category,
            "description": f"A {colour} {thing} that lasts. Made for the {category}, packed without plastic.",
            "price_cents": price,
            "currency": "EUR",
            "tax": "standard",
            "in_stock": number % 9 != edition,
        })
    return json.dumps(products, indent=1) + "\n"


def regions():
    pick = random.Random(11)
    lines = ["region,postcode,tax_class,warehouse,carrier,days,cut_off,remark"]
    warehouse = days = None
    for number in range(20000):
        if number % 20 == 0:
            warehouse, days = pick.choice(WAREHOUSES), pick.randrange(1, 6)
        lines.append(f"region-{number // 100:04d},{10000 + number},standard,{warehouse},parcel service,{days},16:00,"
                     "no deliveries on public holidays, nor between the years; goods above 30 kilograms go by freight")
    return "\n".join(lines) + "\n"


if sys.argv[1] == "catalogue":
    sys.stdout.write(catalogue(int(sys.argv[2])))
else:
    sys.stdout.write(regions())
