"""The embedded database: what is kept between two runs."""

from pathlib import Path

from mes.core.db import Database


def test_statistics_are_still_there_after_closing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/plant.db"
    first = Database(url)
    with first.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE box (place, size)")
        connection.exec_driver_sql("CREATE INDEX by_place ON box (place)")
        rows = [(number % 7, number) for number in range(1000)]
        connection.exec_driver_sql("INSERT INTO box VALUES (?, ?)", rows)
    with first.engine.connect() as connection:
        connection.exec_driver_sql("SELECT * FROM box WHERE place = 3").all()
    first.close()
    again = Database(url)
    with again.reads.connect() as connection:
        kept = connection.exec_driver_sql("SELECT tbl FROM sqlite_stat1").scalars().all()
    again.engine.dispose()
    assert kept == ["box"]
