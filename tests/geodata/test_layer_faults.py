"""Each fault of a layer, with its message; and that all of them are told together."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from shapely import LineString, Point, Polygon, box

from tests.geodata.little import CRS, TOML, Break, all_of, at, faults, line, put, square, text

PERSONS = "Write persons, 0 or more."
MONEY = "Write money, 0 or more."
MINUTES = "Write minutes, 0 or more."
REALLY = "Assign the CRS that the coordinates are really in; none is guessed."
STATIONS = TOML[TOML.index("[[services.emergency") : TOML.index("[services.medical]")]
BOW_TIE = Polygon([at(0, 50), at(1, 51), at(1, 50), at(0, 51)])


def crs(layer: str, declared: object) -> Break:
    """The coordinates stay, the CRS is another one, or none."""

    def declare(it: object) -> None:
        it.layers[layer] = it.layers[layer].set_crs(declared, allow_override=True)

    return declare


def degrees(it: object) -> None:
    """Degrees that claim to be metres."""
    it.layers["demand"] = it.layers["demand"].to_crs(4326).set_crs(CRS, allow_override=True)


def south_pole(it: object) -> None:
    """On a cone around the north pole it is infinitely far away."""
    it.set('"EPSG:32650"', '"EPSG:2154"')
    it.layers["zones"] = it.layers["zones"].to_crs(4326)
    it.layers["zones"].loc[0, "geometry"] = box(0, -90, 1, -89)


def column(layer: str, name: str, values: list[object]) -> Break:
    return lambda it: it.layers[layer].insert(1, name, values)


def without(layer: str, name: str) -> Break:
    return lambda it: it.drop(layer, name)


def rows(layer: str, n: int) -> Break:
    return lambda it: it.layers.update({layer: it.layers[layer].iloc[:n]})


def plain(it: object) -> None:
    """Demand without a geometry."""
    it.layers["demand"] = pd.DataFrame(it.layers["demand"].drop(columns="geometry"))
    it.set("little.gpkg|demand", "demand.csv")


#: Case -> what is broken, and all that is said of it.
FAULTS: dict[str, tuple[Break, list[str]]] = {
    # CRS
    "no CRS": (
        crs("demand", None),
        ["demand: has no CRS. Assign the CRS that its coordinates are in; none is guessed."],
    ),
    "a CRS that is nowhere on the Earth": (
        crs("demand", 'LOCAL_CS["drawing",UNIT["metre",1]]'),
        [
            "demand: its CRS, drawing, is neither geographic nor projected. "
            "Assign the CRS that its coordinates are in; none is guessed."
        ],
    ),
    "metres that claim to be degrees": (
        crs("sites", 4326),
        [
            f"sites, row {row}, column geometry: lies outside the Earth in EPSG:4326 "
            f"(is 'POINT ({x} 3500000)'). {REALLY}"
            for row, x in (("s", 500000), ("t", 510000), ("u", 520000))
        ],
    ),
    "degrees that claim to be metres": (
        degrees,
        [f"demand: has coordinates that are degrees, in {CRS}, which is in metres. {REALLY}"],
    ),
    "beyond what the CRS can show": (
        put("sites", 2, "geometry", Point(1e12, 1e12)),
        [
            "sites, row u, column geometry: lies outside the Earth in EPSG:32650 "
            f"(is 'POINT (1000000000000 1000000000000)'). {REALLY}"
        ],
    ),
    "beyond what the metric CRS can show": (
        south_pole,
        [
            "zones, row 1, column geometry: cannot be projected to EPSG:2154. "
            "Move it, or choose another crs in instance.toml."
        ],
    ),
    # geometry
    "wrong type": (
        put("demand", 1, "geometry", line(1, 2)),
        ["demand, row b, column geometry: wrong type (is 'LineString'). It must be a point."],
    ),
    "no geometry in a row": (
        put("roads", 1, "geometry", None),
        ["roads, row #2, column geometry: is empty or broken. Draw a line, or remove the row."],
    ),
    "empty geometry": (
        put("zones", 0, "geometry", Polygon()),
        ["zones, row 1, column geometry: is empty or broken. Draw a polygon, or remove the row."],
    ),
    "invalid geometry": (
        put("zones", 0, "geometry", BOW_TIE),
        [
            "zones, row 1, column geometry: is invalid "
            "(is 'Self-intersection[500500 3550500]'). Repair it (QGIS: Fix geometries)."
        ],
    ),
    "coordinates that are not numbers": (
        put("corridors", 0, "geometry", LineString([at(0), (float("nan"), 1.0)])),
        [
            "corridors, row k, column geometry: has coordinates that are not numbers. "
            "Draw a line again."
        ],
    ),
    "no geometry at all": (plain, ["demand: has no geometry. Each row needs a point."]),
    # numbers
    "NaN persons": (
        put("demand", 1, "persons", None),
        [f"demand, row b, column persons: is empty. {PERSONS}"],
    ),
    "negative persons": (
        put("demand", 1, "persons", -5.0),
        [f"demand, row b, column persons: is negative (is -5). {PERSONS}"],
    ),
    "persons that are no number": (
        put("demand", 1, "persons", "many"),
        [f"demand, row b, column persons: is not a number (is 'many'). {PERSONS}"],
    ),
    "persons without end": (
        put("demand", 1, "persons", "inf"),
        [f"demand, row b, column persons: is not finite (is 'inf'). {PERSONS}"],
    ),
    "nobody": (
        all_of(*(put("demand", row, "persons", 0.0) for row in range(3))),
        ["demand, column persons: nobody lives here. Write how many live at each demand point."],
    ),
    "negative persons of a group": (
        put("demand", 1, "persons_old", -5.0),
        [f"demand, row b, column persons_old: is negative (is -5). {PERSONS}"],
    ),
    "negative access": (
        column("demand", "access_minutes", [0.0, -1.0, 2.0]),
        [f"demand, row b, column access_minutes: is negative (is -1.0). {MINUTES}"],
    ),
    "coarse or not": (
        column("demand", "coarse", ["yes", "no", "maybe"]),
        ["demand, row c, column coarse: is neither yes nor no (is 'maybe'). Write true or false."],
    ),
    "negative cost of a site": (
        put("sites", 1, "cost", -5.0),
        [f"sites, row t, column cost: is negative (is -5.0). {MONEY}"],
    ),
    "land that is no number": (
        put("sites", 1, "land", "much"),
        [
            "sites, row t, column land: is not a number (is 'much'). "
            "Write hectares, 0 or more, or nothing for no limit."
        ],
    ),
    "NaN egress": (
        put("sites", 1, "egress_minutes", None),
        [f"sites, row t, column egress_minutes: is empty. {MINUTES}"],
    ),
    "negative minutes": (
        put("roads", 1, "minutes", -1.0),
        [f"roads, row #2, column minutes: is negative (is -1.0). {MINUTES}"],
    ),
    "NaN minutes": (
        put("roads", 1, "minutes", None),
        [f"roads, row #2, column minutes: is empty. {MINUTES}"],
    ),
    "NaN cost of a corridor": (
        put("corridors", 0, "cost", None),
        [f"corridors, row k, column cost: is empty. {MONEY}"],
    ),
    "cost shares that miss 1": (
        put("corridors", 0, "cost_shares", "P=0.5;Q=0.4"),
        [
            "corridors, row k, column cost_shares: is not a list of shares "
            "(is 'P=0.5;Q=0.4'). Write id=share;id=share with ids of jurisdictions and "
            "shares that sum to 1."
        ],
    ),
    "cost shares that are no list": (
        put("corridors", 0, "cost_shares", "P and Q"),
        [
            "corridors, row k, column cost_shares: is not a list of shares (is 'P and Q'). "
            "Write id=share;id=share with ids of jurisdictions and shares that sum to 1."
        ],
    ),
    "cost shares of nobody": (
        put("corridors", 0, "cost_shares", "P=0.5;R=0.5"),
        [
            "corridors, row k, column cost_shares: is not a list of shares "
            "(is 'P=0.5;R=0.5'). Write id=share;id=share with ids of jurisdictions and "
            "shares that sum to 1."
        ],
    ),
    # capacities
    "negative capacity": (
        put("facilities", 0, "capacity_county", -1.0),
        [
            "facilities, row #1, column capacity_county: is negative (is '-1.0'). "
            "Write persons, 0 or more."
        ],
    ),
    "NaN capacity": (
        all_of(
            put("facilities", 0, "capacity_county", None),
            put("facilities", 0, "capacity_regional", None),
        ),
        [
            "facilities, row #1, column capacity_county: has no capacity. "
            "Write persons in capacity_county or capacity_regional."
        ],
    ),
    "capacity of another service": (
        put("facilities", 1, "capacity_county", 7.0),
        [
            "facilities, row #2, column capacity_county: is not for this service "
            "(is 'emergency'). Its capacity stands in capacity."
        ],
    ),
    # money
    "budget that is no number": (
        put("jurisdictions", 1, "budget", "rich"),
        [f"jurisdictions, row P, column budget: is not a number (is 'rich'). {MONEY}"],
    ),
    "negative budget": (
        put("jurisdictions", 1, "budget", -1.0),
        [f"jurisdictions, row P, column budget: is negative (is '-1.0'). {MONEY}"],
    ),
    "NaN budget": (
        put("jurisdictions", 1, "budget", None),
        [f"jurisdictions, row P, column budget: is empty. {MONEY}"],
    ),
    "a budget of nothing": (
        all_of(put("jurisdictions", 1, "budget", 0), put("jurisdictions", 2, "budget", 0)),
        [
            "jurisdictions, column budget: all jurisdictions of tier city together have no "
            "money. Fill in the column, or leave [budget] out of instance.toml if money is "
            "no limit."
        ],
    ),
    "no budget": (
        without("jurisdictions", "budget"),
        [
            "jurisdictions, column budget: all jurisdictions of tier city together have no "
            "money. Fill in the column, or leave [budget] out of instance.toml if money is "
            "no limit."
        ],
    ),
    "a site that nobody pays for": (
        put("sites", 1, "jurisdiction", "V"),
        [
            "sites, row t, column jurisdiction: lies in no city, so nobody pays for the site "
            "(is 'V'). Name a jurisdiction of tier city, or one within it."
        ],
    ),
    # ids and references
    "no column": (
        without("demand", "persons"),
        [
            "demand, column persons: no such column. Did you mean 'persons_old'? "
            "known: id, jurisdiction, name_zh, persons_old, own."
        ],
    ),
    "no rows": (rows("sites", 0), ["sites: has no rows. Add at least one."]),
    "duplicate id": (
        put("demand", 1, "id", "a"),
        ["demand, row a, column id: stands in more than one row (is 'a'). Keep one of them."],
    ),
    "no id": (
        put("demand", 1, "id", None),
        ["demand, row #2, column id: is empty. Fill it in."],
    ),
    "duplicate facility": (
        lambda it: it.add("facilities"),
        [
            "facilities, row #3, column site: the same service in more than one row "
            "(is 's:medical'). Keep one of them."
        ],
    ),
    "unknown jurisdiction": (
        put("demand", 1, "jurisdiction", "R"),
        [
            "demand, row b, column jurisdiction: no such row in jurisdictions (is 'R'). "
            "Known: V, P, Q."
        ],
    ),
    "unknown parent": (
        put("jurisdictions", 1, "parent", "W"),
        [
            "jurisdictions, row P, column parent: no such row in jurisdictions (is 'W'). "
            "Known: V, P, Q."
        ],
    ),
    "unknown site": (
        put("facilities", 1, "site", "tt"),
        [
            "facilities, row #2, column site: no such row in sites (is 'tt'). "
            "Did you mean 't'? known: s, t, u."
        ],
    ),
    "unknown service of a facility": (
        put("facilities", 1, "service", "emergncy"),
        [
            "facilities, row #2, column service: unknown word (is 'emergncy'). "
            "Did you mean 'emergency'? known: emergency, medical."
        ],
    ),
    "unknown service of a site": (
        put("sites", 1, "services", "medical; emergncy"),
        [
            "sites, row t, column services: unknown service (is 'emergncy'). "
            "Did you mean 'emergency'? known: emergency, medical."
        ],
    ),
    "unknown status": (
        put("facilities", 1, "status", "exists"),
        [
            "facilities, row #2, column status: unknown word (is 'exists'). "
            "Did you mean 'existing'? known: existing, required, closed."
        ],
    ),
    "unknown kind of zone": (
        put("zones", 0, "kind", "ecology"),
        [
            "zones, row 1, column kind: unknown word (is 'ecology'). "
            "Did you mean 'ecological'? known: ecological, farmland, development."
        ],
    ),
    "unknown role": (
        put("jurisdictions", 1, "role", "cor"),
        [
            "jurisdictions, row P, column role: unknown word (is 'cor'). "
            "Did you mean 'core'? known: core, member."
        ],
    ),
    "no tier": (
        put("jurisdictions", 1, "tier", None),
        ["jurisdictions, row P, column tier: is empty. Fill it in."],
    ),
    "road to nowhere": (
        put("roads", 1, "to", None),
        ["roads, row #2, column to: is empty. Fill it in."],
    ),
    "corridor to nowhere": (
        put("corridors", 0, "to", "zz"),
        [
            "corridors, row k, column to: no such row in demand or jurisdictions (is 'zz'). "
            "Known: V, P, Q, a, b, c."
        ],
    ),
    "cycle": (
        put("jurisdictions", 0, "parent", "Q"),
        [
            "jurisdictions, column parent: the parents form a cycle, Q > V > Q. "
            "Give one of them another parent, or none."
        ],
    ),
    # what must be built
    "required inside a redline": (
        lambda it: it.add("zones", geometry=square(10, 0)),
        [
            "facilities, row #2, column site: must be built inside a control line "
            "(is 't, inside ecological redline'). "
            "Move the site, change its status or the zone."
        ],
    ),
    "required outside development zones": (
        lambda it: it.add("zones", kind="development", geometry=square(0, 0)),
        [
            "facilities, row #2, column site: must be built inside a control line "
            "(is 't, outside all development zones'). "
            "Move the site, change its status or the zone."
        ],
    ),
    "required where the site forbids it": (
        put("sites", 1, "services", "medical"),
        [
            "facilities, row #2, column service: must be built where the site does not allow "
            "it (is 'emergency'). Add it to the column `services` of the site, or change the "
            "status."
        ],
    ),
    "required without a size": (
        text(STATIONS, ""),
        [
            "facilities, row #2, column service: must be built, but has no size "
            "(is 'emergency'). Add a size to the service in instance.toml."
        ],
    ),
    # roads
    "a road graph in pieces": (
        put("roads", 1, "from", "elsewhere"),
        [
            "roads: the road graph is in 2 pieces that are needed: 2 nodes with "
            "2 demand points (a, b) and 2 sites (s, t); 2 nodes with 1 demand point (c) and "
            "1 site (u). Join them by a road or a ferry."
        ],
    ),
    # c is 70 + 1 minutes from t, the nearest hospital
    "a demand point that reaches no site": (
        put("roads", 1, "minutes", 70.0),
        [
            f"demand, row c: reaches no site of medical.{level} in {cutoff} minutes. The nearest "
            f"is 71.0 minutes away: add a site, or raise services.medical.levels.{level}.cutoff."
            for level, cutoff in (("county", 40), ("regional", 60))
        ],
    ),
    "a border that nobody may cross": (
        all_of(text("weight = 0.5", 'border = "city"'), put("sites", 1, "jurisdiction", "P")),
        [
            f"demand, row {row}: reaches no site of medical.regional within its city in "
            "60 minutes. There is none that may serve it: add a site."
            for row in ("b", "c")
        ],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault(case: str, tmp_path: Path) -> None:
    broken, messages = FAULTS[case]
    assert faults(tmp_path, broken) == messages


def test_all_faults_of_all_layers_and_the_file_are_told_together(tmp_path: Path) -> None:
    broken = all_of(
        text("standard = 12", 'standard = "fast"'),
        put("demand", 0, "persons", -1.0),
        put("demand", 2, "jurisdiction", "R"),
        put("roads", 0, "geometry", Point(0, 0)),
        put("zones", 0, "kind", "ecology"),
        crs("sites", None),
    )
    told = [message.split(":")[0] for message in faults(tmp_path, broken)]
    assert told == [
        "instance.toml, services.emergency.standard",
        "sites",
        "roads, row #1, column geometry",
        "demand, row a, column persons",
        "demand, row c, column jurisdiction",
        "zones, row 1, column kind",
    ]


def test_a_layer_that_cannot_be_opened_makes_no_faults_elsewhere(tmp_path: Path) -> None:
    broken = text("jurisdictions.csv", "nowhere.csv")
    assert [message.split(":")[0] for message in faults(tmp_path, broken)] == [
        "instance.toml, layers.jurisdictions"
    ]


def test_many_faults_of_one_kind_are_counted(tmp_path: Path) -> None:
    def wild(it: object) -> None:
        table = it.layers["demand"]
        it.layers["demand"] = pd.concat([table] * 10, ignore_index=True)
        it.layers["demand"]["id"] = ["a", *range(29)]
        it.layers["demand"]["persons"] = -1

    told = faults(tmp_path, wild)
    assert len(told) == 21
    assert told[-1] == ("demand, column persons: is negative, in 10 more rows. See the rows above.")


#: A file in place of a layer's -> what is said of it.
FILES: dict[str, tuple[str, str, bytes, str]] = {
    "not a data set": (
        "little.gpkg|demand",
        "demand.gpkg",
        b"nonsense",
        "instance.toml, layers.demand: cannot be read as a layer (is 'demand.gpkg'). "
        "Save it as GeoPackage, GeoJSON or another format that GDAL reads.",
    ),
    "not UTF-8": (
        "jurisdictions.csv",
        "cities.csv",
        "id,parent,tier,role\nP,,city,核心\n".encode("gb18030"),
        "instance.toml, layers.jurisdictions: has text that is not UTF-8 (is 'cities.csv'). "
        "Save it as UTF-8 (Excel: CSV UTF-8).",
    ),
    "two columns of one name": (
        "jurisdictions.csv",
        "cities.csv",
        b"id,parent,tier,tier\nP,,city,city\n",
        "jurisdictions, column tier: two columns have this name. Rename one.",
    ),
    "a ring that is no ring": (
        "little.gpkg|zones",
        "zones.geojson",
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"kind": "ecological"},
                        "geometry": {"type": "Polygon", "coordinates": [[[117, 31], [118, 31]]]},
                    }
                ],
            }
        ).encode(),
        "zones, row #1, column geometry: is empty or broken. Draw a polygon, or remove the row.",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_broken_file(case: str, tmp_path: Path) -> None:
    old, new, content, message = FILES[case]
    (tmp_path / new).write_bytes(content)
    assert faults(tmp_path, text(old, new)) == [message]
