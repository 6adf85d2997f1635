"""Locks, where a system has them and where it has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.foundation import drafts, locks


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    first, second = locks.opened(tmp_path), locks.opened(tmp_path)
    locks.take(first, wait=False)
    with pytest.raises(BlockingIOError):
        locks.take(second, wait=False)
    locks.close(first)
    locks.take(second, wait=False)
    locks.close(second)


def test_a_folder_that_is_a_link_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(OSError):
        locks.opened(tmp_path / "link")


def test_without_locks_all_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "fcntl", None)
    assert locks.opened(tmp_path) == locks.NONE
    locks.take(locks.NONE, wait=True)
    with drafts.draft_folder(tmp_path) as mine, drafts.draft_folder(tmp_path) as other:
        assert mine.is_dir() and other.is_dir() and mine != other
    assert list(tmp_path.iterdir()) == []
