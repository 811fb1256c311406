"""The way to the log folder: among the commands of every window that has one."""

from __future__ import annotations

from desktop.preferences import Preferences
from desktop.viewmodels.session.account_request import AccountRequestViewModel
from desktop.views.frame import shell
from desktop.views.frame.shell import MainWindow
from desktop.views.session.crash_offer import LOGS
from desktop.widgets.loading.shimmer import ShimmerClock


def test_the_log_folder_is_opened_by_a_command(qtbot, theme, session, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(shell, "open_folder", opened.append)
    asking, shimmer = AccountRequestViewModel(None, session._tasks), ShimmerClock(theme)
    window = MainWindow(theme, shimmer, Preferences(tmp_path / "p.ini"), session, asking, tmp_path / "logs")
    qtbot.addWidget(window)

    assert LOGS in {line.title for line in window.commands.listing()}
    window.commands.action("window.logs").trigger()

    assert [tmp_path / "logs"] == opened
    shimmer.deleteLater()


def test_a_window_without_one_offers_no_way_there(window):
    assert LOGS not in {line.title for line in window.commands.listing()}
