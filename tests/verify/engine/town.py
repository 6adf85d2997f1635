"""An instance in memory, as its layers and `instance.toml` say it: drawn, written, made less."""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from optimizer.geodata.geography import Instance
from optimizer.geodata.read import read

Row = dict[str, Any]

#: Where the plane of a town lies, in degrees, and what a kilometre is there.
EAST, NORTH, DEGREES = 117.0, 30.0, 0.01

#: Layers that are points and lines; all others are tables.
POINTS, LINES = ("demand", "sites"), ("roads", "corridors")

#: Keys of tables that may go, by where they stand in `instance.toml`.
FACILITY_KEYS = ("closable", "closing_cost", "running_cost")
LEVEL_KEYS = ("border", "backup", "referral", "floors", "share", "weight", "entitled", "unmet")
POLICY_KEYS = (
    *("efficiency_bound", "equity_bound", "cost_bound", "guard", "failures", "corridors"),
    *("parameters", "of", "among", "services", "equity", "efficiency"),
)


@dataclass(frozen=True, eq=False)
class Town:
    """file: `instance.toml`; layers: rows by layer; place: node -> kilometres east and north."""

    file: Row
    layers: dict[str, list[Row]]
    place: dict[str, tuple[float, float]]

    def level(self, service: str) -> list[Row]:
        """The tables of the levels of a service."""
        table = self.file["services"][service]
        return list(table["levels"].values()) if "levels" in table else [table]

    def read(self, folder: Path) -> Instance:
        """Written to the folder, and read by the program."""
        self.write(folder)
        return read(folder)

    def write(self, folder: Path) -> None:
        """The instance, and all of it in one file for `town_of`."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = {}
        for name, rows in self.layers.items():
            if not rows:
                continue
            shaped = name in POINTS + LINES
            paths[name] = f"{name}.geojson" if shaped else f"{name}.csv"
            if shaped:
                text = json.dumps(self._shapes(name, rows), ensure_ascii=False)
                (folder / paths[name]).write_text(text, "utf-8")
            else:
                _table(folder / paths[name], rows)
        text = "\n".join(_toml({**self.file, "layers": paths}))
        (folder / "instance.toml").write_text(text + "\n", "utf-8")
        everything = {"file": self.file, "layers": self.layers, "place": self.place}
        (folder / "town.json").write_text(json.dumps(everything), "utf-8")

    def _shapes(self, name: str, rows: list[Row]) -> Row:
        """A layer as GeoJSON."""
        features = []
        for row in rows:
            ends = (row["at"],) if name in POINTS else (row["from"], row["to"])
            line = [self._degrees(end) for end in ends]
            shape = {"type": "Point", "coordinates": line[0]}
            if name in LINES:
                shape = {"type": "LineString", "coordinates": line}
            told = {key: value for key, value in row.items() if key != "at"}
            features.append({"type": "Feature", "properties": told, "geometry": shape})
        return {"type": "FeatureCollection", "features": features}

    def _degrees(self, node: str) -> list[float]:
        east, north = self.place[node]
        return [round(EAST + east * DEGREES, 9), round(NORTH + north * DEGREES, 9)]

    # -- less of it ----------------------------------------------------------------------------

    def smaller(self) -> Iterator[Town]:
        """The same with rows or keys less, the most first."""
        for name in ("demand", "sites", "facilities", "corridors", "scenarios", "roads"):
            rows = self.layers.get(name, [])
            for part in (2, 4, 8, 1000):
                step = max(1, len(rows) // part)
                if part > 2 and len(rows) // (part // 2) <= 1 and part != 1000:
                    continue
                for first in range(0, len(rows), step):
                    yield self._without(name, set(range(first, min(first + step, len(rows)))))
        for service in list(self.file["services"]):
            if len(self.file["services"]) > 1:
                less = self._copy()
                del less.file["services"][service]
                for row in less.layers["sites"]:
                    row.pop("services", None)
                rows = less.layers.get("facilities", [])
                less.layers["facilities"] = [row for row in rows if row["service"] != service]
                yield less
            for n, level in enumerate(self.level(service)):
                for key in (key for key in LEVEL_KEYS if key in level):
                    less = self._copy()
                    del less.level(service)[n][key]
                    yield less
            for n in range(len(self.file["services"][service]["sizes"]) - 1, 0, -1):
                less = self._copy()
                del less.file["services"][service]["sizes"][n]
                yield less
        for key in (key for key in POLICY_KEYS if key in self.file["policy"]):
            less = self._copy()
            del less.file["policy"][key]
            yield less
        for key in ("bounds", "quotas"):
            for name in self.file["policy"].get(key, {}):
                less = self._copy()
                del less.file["policy"][key][name]
                yield less
        for row, key in product(range(len(self.layers.get("facilities", []))), FACILITY_KEYS):
            if self.layers["facilities"][row].get(key):
                less = self._copy()
                less.layers["facilities"][row][key] = ""
                yield less
        if "budget" in self.file:
            less = self._copy()
            del less.file["budget"]
            yield less

    def _copy(self) -> Town:
        return Town(copy.deepcopy(self.file), copy.deepcopy(self.layers), self.place)

    def _without(self, layer: str, gone: set[int]) -> Town:
        less = self._copy()
        rows = less.layers[layer]
        ids = {row["id"] for n, row in enumerate(rows) if n in gone and "id" in row}
        less.layers[layer] = [row for n, row in enumerate(rows) if n not in gone]
        if layer == "sites":
            named = less.layers.get("facilities", [])
            less.layers["facilities"] = [row for row in named if row["site"] not in ids]
        roads = {f"{row['from']}:{row['to']}" for row in less.layers["roads"]}
        for row in less.layers.get("scenarios", []):
            for key in ("sites", "corridors"):
                if key == layer:
                    row[key] = ";".join(one for one in row[key].split(";") if one not in ids)
            row["roads"] = ";".join(one for one in row["roads"].split(";") if one in roads)
        return less


def town_of(path: Path) -> Town:
    """A town that was written."""
    told = json.loads(path.read_text("utf-8"))
    place = {node: tuple(at) for node, at in told["place"].items()}
    return Town(told["file"], told["layers"], place)


def _table(path: Path, rows: list[Row]) -> None:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, restval="")
        table.writeheader()
        table.writerows(rows)


def _toml(table: Row, path: str = "") -> Iterator[str]:
    """A table, its tables and lists of tables after its other keys."""
    inner = {k: v for k, v in table.items() if isinstance(v, dict) or _tables(v)}
    yield from (f"{key} = {_value(value)}" for key, value in table.items() if key not in inner)
    for key, value in inner.items():
        name = f"{path}{key}"
        if isinstance(value, dict):
            yield f"[{name}]"
            yield from _toml(value, f"{name}.")
        else:
            for one in value:
                yield f"[[{name}]]"
                yield from _toml(one, f"{name}.")


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False)
