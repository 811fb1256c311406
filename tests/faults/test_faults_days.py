"""2 to 8: bad days with real servers and many renters at once; what came of them is judged afterwards."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest
import trouble
from run import open_run
from shift import Shift
from trouble import Lines, WebhookStorm, bad_network

from engine.embedded.processes import choose_port

pytestmark = pytest.mark.asyncio

_HOUR, _DAY = 3600.0, 86400.0
_THREE = [{}, {}, {}]

#: scenario -> trouble, desks, cars, renters in the short and in the long suite. A dead desk's lease keeps its car for a
#: while, so there are more cars where desks die.
DAYS = {
    "1 killed desks": (trouble.killed_desks, _THREE, 12, 30, 200),
    "2 paused desks": (trouble.paused_desks, _THREE, 6, 14, 80),
    "3 Redis": (trouble.bad_redis, _THREE, 3, 50, 300),
    "4 MongoDB": (trouble.bad_mongod, _THREE, 3, 60, 300),
    "5 Stripe": (trouble.bad_stripe, _THREE, 3, 40, 250),
    "6 clocks": (None, [{"clock_off_s": off} for off in (_HOUR, -_HOUR, _DAY, -_DAY)], 3, 40, 200),
    "7 two at once": (trouble.everybody_at_once, [{"sweeps": True}, {"sweeps": True}, {}], 3, 40, 200),
    "9 all of it": (trouble.all_of_it, [{"sweeps": True}, {}, {}], 6, 0, 250),
}


#: Killed, paused and with wrong clocks are desks of the quick suite in tests of their own.
_LEFT_OUT = {"1 killed desks", "2 paused desks", "6 clocks"}
NAMES = [pytest.param(name, marks=pytest.mark.make_faults) if name in _LEFT_OUT else name for name in DAYS]
_RENTERS = {"quick": 16, "short": 40, "long": 250}


@pytest.mark.parametrize("name", NAMES)
async def test_a_bad_day_loses_neither_money_nor_car(firm, report, seeds, length, name):
    disturb, looks, cars, short, long = DAYS[name]
    renters = {"quick": short * 2 // 5, "short": short, "long": long}[length]
    if not renters:
        pytest.skip("a part of the long suite")
    for seed in seeds:
        shorter = {"lease_s": 1.5} if name == "2 paused desks" else {}
        async with open_run(firm, name, seed, cars, **shorter) as run:
            if name == "6 clocks":
                run.faults["wrong clocks"] += len(looks)
            await Shift(run, renters, looks).work(disturb)

            outcome = report(await run.judged())

        assert [] == outcome.violations
        assert outcome.bookings > renters / 4


async def test_payments_that_nobody_expected_find_a_car_or_go_back(firm, report, seeds, length):
    """5 again: webhooks in storms, payments for cars let go, desks whose key may not take money."""
    for seed in seeds:
        storm = WebhookStorm(choose_port(0, set()))
        async with open_run(firm, "5 webhooks", seed, cars=3, stripe_key=firm.cluster.desk_key) as run:
            run.looks_back = True
            try:
                await Shift(run, _RENTERS[length], _THREE, mistakes=True).work(storm)
                outcome = report(await run.judged())
            finally:
                await firm.stripe.no_webhook(storm.url)

        assert [] == outcome.violations


async def test_a_bad_network_loses_neither_money_nor_car(firm, report, seeds, length):
    cluster = firm.cluster
    for seed in seeds:
        async with AsyncExitStack() as leaving:
            lines = [await Lines.laid(leaving, cluster) for _ in range(3)]
            run = await leaving.enter_async_context(open_run(firm, "8 network", seed, cars=3))
            run.evidence.leases_hold = False
            await Shift(run, _RENTERS[length], [each.look(cluster) for each in lines]).work(bad_network(lines))

            outcome = report(await run.judged())

        assert [] == outcome.violations
