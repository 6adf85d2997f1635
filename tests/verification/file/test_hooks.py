"""Where points hang, once more: what is left out because it is far decides nothing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString

from optimizer.verification.file.hooks import Network, network


@pytest.mark.parametrize("seed", range(20))
def test_pieces_that_are_far_decide_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Roads of many lengths, some closed, some that only junctions enter; points on them too."""
    rng = np.random.default_rng(seed)
    spots = np.round(rng.random((12, 2)) * 1_000)
    ends = np.array([rng.choice(12, 2, replace=False) for _ in range(18)])
    bends = np.round(rng.random((18, 2)) * 1_000)
    layer = gpd.GeoDataFrame(
        {
            "from": [f"n{a}" for a, _ in ends],
            "to": [f"n{b}" for _, b in ends],
            "minutes": 5.0,
            "class": rng.choice(["road", "motorway"], 18),
            "access": rng.choice(["", "", "no", "yes"], 18),
        },
        geometry=[
            LineString([spots[a], bend, spots[b]]) for (a, b), bend in zip(ends, bends, strict=True)
        ],
        crs="EPSG:32650",
    )
    hangs = network(layer, 30, 1.3)
    places = [tuple(at) for at in (*(rng.random((20, 2)) * 1_500), *spots, *bends + 0.5)]
    found = [hangs.hooks("somebody", at) for at in places]
    everything = np.arange(len(hangs.row))
    monkeypatch.setattr(Network, "_around", lambda self, at, reach: everything)
    assert found == [hangs.hooks("somebody", at) for at in places]
