"""Settings, and the key that is made once."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mes.core.config import SECRET, Settings, secret_key


def test_no_password_or_key_is_printed_with_the_settings() -> None:
    told = repr(Settings(**dict.fromkeys(SECRET, "geheim"), port=8123))  # type: ignore[arg-type]
    assert "8123" in told
    assert "geheim" not in told
    assert {"database_url", "read_url", "secret_key", "s3_key", "s3_secret", "metrics_token"} == SECRET


def test_programs_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    for number in range(20):
        settings = Settings(data_dir=tmp_path / str(number))
        with ThreadPoolExecutor(8) as hands:
            keys = set(hands.map(lambda _nth, plant=settings: secret_key(plant), range(8)))
        assert keys == {secret_key(settings)}
        assert len(keys.pop()) == 64
        assert [file.name for file in settings.data_dir.iterdir()] == ["secret.key"]


def test_a_key_that_a_power_cut_left_empty_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch()
    key = secret_key(Settings(data_dir=tmp_path))
    assert len(key) == 64
    assert secret_key(Settings(data_dir=tmp_path)) == key


def test_a_disk_without_links_keeps_its_key_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_paths: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    key = secret_key(Settings(data_dir=tmp_path))
    assert secret_key(Settings(data_dir=tmp_path)) == key
    if os.name == "posix":
        assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
