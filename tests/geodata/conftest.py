"""What tests of reading share."""

from __future__ import annotations

import pytest

from tests.geodata.calls import counted

calls = pytest.fixture(counted, name="calls")
