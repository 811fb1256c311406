"""A list as a file: in place when it is whole, and otherwise as if nobody had asked."""

from __future__ import annotations

import pytest

from desktop.bridge import EngineThread
from desktop.tasks import TaskScope
from desktop.viewmodels.export import ExportPhase, ExportViewModel
from engine.domain.shared.errors import Unavailable
from engine.services.booking.listing import Exported
from engine.words.errors import sentence


@pytest.fixture
def make_export():
    bridges = []

    def make():
        bridge, tasks = EngineThread(), TaskScope()
        bridge.start()
        bridges.append((bridge, tasks))
        return ExportViewModel(bridge, tasks, "test"), tasks, bridge

    return make


async def two_pieces(write, on_rows):
    write("a,b\r\n")
    on_rows(1)
    write("1,2\r\n")
    on_rows(2)
    return Exported(2, complete=True)


async def written(export, tasks, bridge, until, path, rows):
    seen = []
    export.changed.connect(seen.append)
    export.write(path, rows)
    await until(lambda: export.state.phase in (ExportPhase.DONE, ExportPhase.FAILED))
    await tasks.aclose()
    await bridge.stop()
    return seen


async def test_a_file_is_there_when_it_is_whole_and_its_rows_were_counted(make_export, until, tmp_path):
    export, tasks, bridge = make_export()
    path = tmp_path / "list.csv"
    path.write_text("old")
    seen = await written(export, tasks, bridge, until, path, two_pieces)

    assert b"a,b\r\n1,2\r\n" == path.read_bytes()
    assert ["list.csv"] == [each.name for each in tmp_path.iterdir()]
    assert ExportPhase.WRITING is seen[0].phase
    assert (2, True, path) == (export.state.rows, export.state.complete, export.state.path)


async def test_a_list_that_breaks_off_leaves_the_old_file_and_no_other(make_export, until, tmp_path):
    async def broken(write, _on_rows):
        write("half")
        raise Unavailable("mongodb")

    export, tasks, bridge = make_export()
    path = tmp_path / "list.csv"
    path.write_text("old")
    await written(export, tasks, bridge, until, path, broken)

    assert "old" == path.read_text()
    assert ["list.csv"] == [each.name for each in tmp_path.iterdir()]
    assert "mongodb" == export.state.problem.server


async def test_a_folder_that_cannot_be_written_is_told_in_words(make_export, until, tmp_path):
    export, tasks, bridge = make_export()
    await written(export, tasks, bridge, until, tmp_path / "nowhere" / "list.csv", two_pieces)

    assert "The file could not be written: No such file or directory." == sentence(export.state.problem)
