"""The pictures of the owner's fleet in all its phases, for ``screens.py``."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pictures import scenery
from screens_admin import AWAY, sign_in_as

from desktop.viewmodels.fleet.car_state import FleetCarStage
from desktop.viewmodels.phases import Phase
from engine.domain.car.car import CarStatus
from engine.domain.car.fleet import FleetQuery

_NOTHING = FleetQuery(text="zz")
_SETTLE_S = 0.5
_SKIES = ("#7aaadc", "#e0a06c", "#3c5078")


async def fleet(photo) -> None:
    await sign_in_as(photo, "owner")
    page = photo.view.page("fleet").shown
    await photo.until(lambda: page.fleet.state.phase is Phase.READY and page.fleet.state.first is not None)
    await _one_car(photo, page)
    await fleet_phases(photo, page, "fleet")


async def _one_car(photo, page) -> None:
    vm = page.car
    await photo.until(lambda: page.rows.model.row_at(0) is not None)
    page.panel.open_car(page.rows.model.row_at(0).row.car)
    await photo.until(lambda: vm.state.outlook is not None)
    vm.edit()
    with TemporaryDirectory() as folder:
        vm.add_files(_files(Path(folder)))
        await photo.until(lambda: len(vm.state.photos) == len(_SKIES) and not vm.state.busy)
    plate = vm.state.form.plate
    vm.fill(plate="-", odometer_km=10)
    vm.leave_field("plate")
    await photo.take("fleet-car-mistakes")
    vm.fill(plate=plate, odometer_km=vm.state.car.odometer_km)
    await photo.take("fleet-car-form")
    page.panel.save()
    await photo.until(lambda: vm.state.stage is FleetCarStage.SHOWN and vm.state.outlook is not None)
    await asyncio.sleep(_SETTLE_S)
    page.toast.hide()
    await photo.take("fleet-car")
    vm.ask_status(CarStatus.MAINTENANCE)
    await photo.until(lambda: vm.state.stage is FleetCarStage.ASKED)
    await photo.take("fleet-car-consequences")
    vm.confirm_status()
    await photo.until(lambda: vm.state.stage is FleetCarStage.SHOWN and vm.state.outlook is not None)
    await asyncio.sleep(_SETTLE_S)
    await photo.take("fleet-car-to-move")
    page.toast.hide()
    page.panel.close_panel()
    await asyncio.sleep(_SETTLE_S)


async def fleet_phases(photo, page, name: str) -> None:
    """Of one car page, whoever's it is."""
    vm = page.fleet
    await photo.take(name)
    page.switch_view()
    await photo.take(f"{name}-table")
    page.switch_view()
    full = vm.state
    vm.feed(replace(full, phase=Phase.LOADING, query=_NOTHING, first=None, run=full.run + 1))
    await asyncio.sleep(_SETTLE_S)
    await photo.take(f"{name}-loading")
    vm.feed(replace(full, phase=Phase.FAILED, query=_NOTHING, first=None, run=full.run + 1, problem=AWAY))
    await photo.take(f"{name}-failed")
    vm.ask(_NOTHING)
    await photo.until(lambda: vm.state.phase is Phase.READY)
    await asyncio.sleep(_SETTLE_S)
    await photo.take(f"{name}-empty")
    vm.ask(full.query)
    await photo.until(lambda: vm.state.phase is Phase.READY and vm.state.query == full.query)
    await asyncio.sleep(_SETTLE_S)
    vm.feed(replace(vm.state, phase=Phase.LOADING, run=vm.state.run + 1))
    vm.feed(replace(vm.state, phase=Phase.FAILED, problem=AWAY))
    await photo.take(f"{name}-offline")
    vm.load()
    await photo.until(lambda: vm.state.phase is Phase.READY)


def _files(folder: Path) -> tuple[str, ...]:
    paths = [folder / f"car-{number}.jpg" for number in range(len(_SKIES))]
    for path, sky in zip(paths, _SKIES, strict=True):
        path.write_bytes(scenery(sky))
    return tuple(map(str, paths))
