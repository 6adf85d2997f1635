"""Files that are not what they seem: read as what they are, or refused, and nobody is called."""

from __future__ import annotations

import json
import os
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
from shapely import MultiPoint, Point

from optimizer.geodata import sources
from optimizer.geodata.sources import UnreadableError
from tests.databases import changing
from tests.geodata.calls import Calls
from tests.geodata.little import all_of, at, faults, little, read_little, text


def features(rows: list[dict[str, Any]], **more: Any) -> str:
    """A GeoJSON layer of points with these properties."""
    shapes = [{"type": "Point", "coordinates": [117 + n / 10, 31]} for n in range(len(rows))]
    found = [
        {"type": "Feature", "properties": row, "geometry": shape}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": found, **more})


def linked(kind: str, key: str, **more: str) -> Callable[[str], str]:
    """A layer whose CRS is an address."""
    return lambda url: features(
        [{"id": "a"}], crs={"type": kind, "properties": {key: f"{url}/crs", **more}}
    )


def in_a_shape(url: str) -> str:
    crs = {"CRS": {"Type": "Link", "properties": {"href": f"{url}/crs"}}}
    shape = {"type": "Point", "coordinates": [117, 31], **crs}
    row = {"type": "Feature", "properties": {"id": "a"}, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [row]})


def pipeline(url: str) -> str:
    steps = f"gdal vector pipeline ! read /vsicurl/{url}/d.geojson ! write streamed"
    return json.dumps({"type": "gdal_streamed_alg", "command_line": steps})


def virtual(url: str) -> str:
    source = f"<SrcDataSource>/vsicurl/{url}/d.geojson</SrcDataSource>"
    layer = f'<OGRVRTLayer name="demand">{source}</OGRVRTLayer>'
    return f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"


def schema(url: str) -> str:
    where = f'xsi:schemaLocation="urn:x {url}/x.xsd" xmlns:gml="http://www.opengis.net/gml"'
    return f'<c xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {where}></c>'


#: What is in the file, and the suffixes under which it might be believed.
CALLING: dict[str, Callable[[str], str]] = {
    "CRS at an address": linked("link", "href", type="proj4"),
    "CRS at an address, as URL": linked("URL", "url"),
    "CRS of one shape": in_a_shape,
    "pipeline": pipeline,
    "virtual layer": virtual,
    "web service": lambda url: f"<OGRWFSDataSource><URL>{url}/wfs</URL></OGRWFSDataSource>",
    "schema": schema,
    "network link": lambda url: (
        f"<kml><NetworkLink><Link><href>{url}/x.kml</href></Link></NetworkLink></kml>"
    ),
}
SUFFIXES = (".geojson", ".json", ".gdalg.json", ".vrt", ".xml", ".gml", ".kml", ".shp", ".csv",
            ".gpkg", ".fgb", ".dbf", ".xlsx")  # fmt: skip


@pytest.mark.parametrize("case", CALLING)
def test_no_layer_makes_a_connection(case: str, calls: Calls, tmp_path: Path) -> None:
    url, asked = calls
    for suffix in SUFFIXES:
        file = tmp_path / f"layer{suffix}"
        file.write_text(CALLING[case](url), encoding="utf-8")
        try:
            sources.load(file)
        except UnreadableError as error:
            assert error.remedy
    assert asked == []


def test_the_counter_counts(calls: Calls, tmp_path: Path) -> None:
    """What the defences keep out is really asked for without them."""
    url, asked = calls
    (tmp_path / "layer.geojson").write_text(CALLING["CRS at an address"](url))
    pyogrio.read_dataframe(tmp_path / "layer.geojson")
    assert asked == ["/crs"]


def test_views_that_look_up_places_are_not_run(calls: Calls, tmp_path: Path) -> None:
    url, asked = calls
    file = tmp_path / "layer.gpkg"
    little().layers["demand"].to_file(file, layer="demand", driver="GPKG")
    with closing(sqlite3.connect(file)) as database:
        database.execute(
            "CREATE VIEW found AS SELECT fid, geom, ogr_geocode('x', 'geometry', "
            f"'QUERY_TEMPLATE={url}/?%s') AS id FROM demand"
        )
        database.commit()
    with pytest.raises(UnreadableError):
        sources.load(file, "demand")
    assert asked == []


def test_other_drivers_are_there_again_for_others() -> None:
    before = pyogrio.list_drivers()
    with sources.only_ours():
        assert set(pyogrio.list_drivers()) <= sources.OURS
    assert pyogrio.list_drivers() == before


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    change = text('"facilities.csv"', '"pipe.csv"')
    assert "layers.facilities: cannot be read as a layer" in faults(tmp_path, change)[0]


def test_stale_count_of_a_geopackage(tmp_path: Path) -> None:
    file = tmp_path / "layer.gpkg"
    little().layers["demand"].to_file(file, layer="demand", driver="GPKG")
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE gpkg_ogr_contents SET feature_count = 1")
        database.commit()
    assert len(sources.load(file).table) == 3


@pytest.mark.parametrize("file", ["dbf", "shx"])
def test_stale_count_of_a_shapefile(file: str, tmp_path: Path) -> None:
    little().layers["demand"].to_file(tmp_path / "layer.shp", encoding="utf-8")
    path = tmp_path / f"layer.{file}"
    data = bytearray(path.read_bytes())
    if file == "dbf":
        data[4:8] = struct.pack("<I", 1)  # one row, it says
    else:
        data = data[:108]  # an index of one shape
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match=r"3 rows|has 3"):
        sources.load(tmp_path / "layer.shp")


@pytest.mark.parametrize("indexed", ["YES", "NO"])
def test_stale_count_of_a_flatgeobuf(indexed: str, tmp_path: Path) -> None:
    path = tmp_path / "layer.fgb"
    gpd.GeoDataFrame({"id": range(77)}, geometry=[at(n) for n in range(77)]).to_file(
        path, SPATIAL_INDEX=indexed
    )
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<Q", 77), struct.pack("<Q", 7), 1))
    with pytest.raises(UnreadableError):
        sources.load(path)


def test_styles_beside_a_layer(tmp_path: Path) -> None:
    file = tmp_path / "sites.gpkg"
    one = little()
    one.layers["sites"].to_file(file, layer="sites", driver="GPKG")
    styles = one.layers["facilities"].assign(styleQML="<qgis/>")
    for name in ("layer_styles", "qgis_projects"):
        pyogrio.write_dataframe(styles, file, layer=name, driver="GPKG", append=True)
    assert sources.layer_names(file) == ["sites"]
    found = read_little(tmp_path, text('"little.gpkg|sites"', '"sites.gpkg"'))
    assert found.problem.sites.ids == ("s", "t", "u")


def test_points_in_collections_of_one(tmp_path: Path) -> None:
    def many(it: Any) -> None:
        it.layers["demand"] = it.layers["demand"].set_geometry(
            [MultiPoint([shape]) for shape in it.layers["demand"].geometry]
        )

    plain = read_little(tmp_path).problem
    found = read_little(tmp_path, many)
    assert [shape.geom_type for shape in found.geography.demand.geometry] == ["Point"] * 3
    assert found.problem.pairs[0].minutes.tolist() == plain.pairs[0].minutes.tolist()


def test_points_in_collections_of_two(tmp_path: Path) -> None:
    def two(it: Any) -> None:
        it.put("demand", 0, "geometry", MultiPoint([at(0), at(1)]))

    assert faults(tmp_path, two) == [
        "demand, row a, column geometry: wrong type (is 'MultiPoint'). It must be a point."
    ]


class TestWriteAheadLog:
    """A GeoPackage that another program has open, with changes in a file beside it."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Iterator[Path]:
        path = tmp_path / "open.gpkg"
        little().layers["demand"].to_file(path, layer="demand", driver="GPKG")
        with changing(path):
            pass  # without the triggers
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode = wal")
            database.execute("UPDATE demand SET persons = 7 WHERE id = 'a'")
            yield path

    def test_is_read_as_it_is_and_left_alone(self, file: Path) -> None:
        before = {one.name: one.read_bytes() for one in file.parent.iterdir()}
        assert before[f"{file.name}-wal"]
        assert sources.load(file).table["persons"].tolist() == [7, 2000, 3000]
        for name in (file.name, f"{file.name}-wal"):
            assert (file.parent / name).read_bytes() == before[name]

    def test_is_two_inputs(self, file: Path) -> None:
        found = read_little(file.parent, text('"little.gpkg|demand"', '"open.gpkg"'))
        assert found.problem.demand.persons[0] == 7
        assert {"open.gpkg", "open.gpkg-wal"} <= found.geography.inputs.keys()


#: Text that is neither; in UTF-8 and GB18030.
TOWN = "县城"


def named(it: Any) -> None:
    it.layers["demand"]["name_zh"] = [TOWN] * 3


@pytest.mark.parametrize(
    ("encoding", "page", "said"),
    [
        ("utf-8", "UTF-8", None),
        ("utf-8", None, None),
        ("gb18030", None, "GB18030: no encoding is named"),
        ("gb18030", "UTF-8", "GB18030: it is not utf-8, as it says"),
        ("gb18030", "936", None),
        ("gb18030", "GBK", None),
        ("gb18030", "nonsense", "GB18030: no encoding is named"),
        ("cp950", "cp950", None),
    ],
)
def test_text_of_a_shapefile(
    encoding: str, page: str | None, said: str | None, tmp_path: Path
) -> None:
    def shapefile(it: Any) -> None:
        named(it)
        it.set("little.gpkg|demand", "demand.shp")
        drawn = it.layers["demand"].rename(columns={"persons_old": "persons_o"})
        drawn["name_zh"] = TOWN if encoding != "cp950" else "縣城"
        drawn.to_file(tmp_path / "demand.shp", encoding=encoding)
        (tmp_path / "demand.cpg").unlink()
        if page is not None:
            (tmp_path / "demand.cpg").write_text(page)

    found = read_little(tmp_path, shapefile).geography
    assert set(found.demand["name_zh"]) == {TOWN if encoding != "cp950" else "縣城"}
    told = [one for one in found.warnings if "text is read" in one]
    assert told == ([] if said is None else [f"demand: its text is read as {said}"])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (f"id,parent,tier,name_zh\nP,,city,{TOWN}\nQ,,city,b\n".encode(), []),
        (f"id,parent,tier,name_zh\nP,,city,{TOWN}\nQ,,city,b\n".encode("utf-8-sig"), []),
        (
            f"id,parent,tier,name_zh\nP,,city,{TOWN}\nQ,,city,b\n".encode("gb18030"),
            ["jurisdictions: its text is read as GB18030: it is not UTF-8"],
        ),
        (f"id;parent;tier;name_zh\rP;;city;{TOWN}\rQ;;city;b".encode(), []),
        (f"id\tparent\ttier\tname_zh\r\nP\t\tcity\t{TOWN}\r\n\r\nQ\t\tcity\tb\r\n".encode(), []),
        (f'"id","parent","tier","name_zh",\n"P","",city,"{TOWN}",\nQ,,city,b,\n'.encode(), []),
    ],
)
def test_csv_in_any_dress(data: bytes, said: list[str], tmp_path: Path) -> None:
    (tmp_path / "areas.csv").write_bytes(data)
    changed = all_of(
        text('"jurisdictions.csv"', '"areas.csv"'),
        text('[budget]\ntier = "city"\npooled = 0.5', ""),
    )
    found = read_little(tmp_path, changed)
    assert found.problem.jurisdictions.ids == ("P", "Q")
    assert found.geography.jurisdictions["name_zh"].tolist() == [TOWN, "b"]
    assert [one for one in found.geography.warnings if "text is" in one] == said


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"id,parent,tier\nP,,city\nQ,\n", "has 2 values for 3 columns in row #2"),
        (b"id,parent,tier\nP,,city,more\n", "has 4 values for 3 columns in row #1"),
        (b'id,parent,tier\nP,"",city\nQ,"x"y,city\n', "is no CSV"),
        (b'id,parent,tier\nP,,"city\nQ,,city\n', "is no CSV"),
        (b"i\0d,parent,tier\n", "is no text"),
        ("id,parent,tier\nP,,city\n".encode("utf-16"), "is no text"),
    ],
)
def test_csv_that_is_none(data: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "areas.csv").write_bytes(data)
    with pytest.raises(UnreadableError, match=message):
        sources.load(tmp_path / "areas.csv")


def test_csv_with_shapes(tmp_path: Path) -> None:
    (tmp_path / "areas.csv").write_text('id;WKT\na;"POINT (1 2)"\nb;\n')
    found = sources.load(tmp_path / "areas.csv").table
    assert isinstance(found, gpd.GeoDataFrame)
    assert found.geometry.tolist() == [Point(1, 2), None]
    (tmp_path / "areas.csv").write_text('id;WKT\na;"POINT (1"\n')
    with pytest.raises(UnreadableError, match="no shape in WKT in row #1"):
        sources.load(tmp_path / "areas.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "is no layer of features"),
        ('{"type": "Topology"}', "is no layer of features"),
        ('{"type": "FeatureCollection", "features": 3}', "features that are none"),
        ("[" * 100_000, "nested too deeply"),
        (features([{"id": "a"}]).replace('"id": "a"', '"id": "a", "id": "b"'), "names id twice"),
    ],
)
def test_geojson_that_is_none(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "layer.geojson").write_text(content)
    with pytest.raises(UnreadableError, match=message):
        sources.load(tmp_path / "layer.geojson")


def test_dates_in_geojson_stay_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "layer.geojson").write_text(features([{"id": "2026-01-01"}, {"id": "b"}]))
    assert sources.load(tmp_path / "layer.geojson").table["id"].tolist() == ["2026-01-01", "b"]
