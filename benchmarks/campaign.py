"""The long runs: seeded and bounded. `make campaign`; the exit code is 1 when one of them goes wrong.

Orders: each run sends its orders through a cloud of its own, counts what became of them, and looks for what was left
behind. Packages: those that people use on Lambda, resolved, zipped, checked and imported for each runtime and
architecture. Invokes: many at once, with crashes and timeouts among them.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.Campaign_Run import Campaign_Run
from benchmarks.Invoke_Campaign import Invoke_Campaign
from benchmarks.Package_Campaign import REFUSED, Package_Campaign
from benchmarks.Package_Cell import Package_Cell
from order_app.Made_Orders import Made_Orders
from order_app.Order_Flow import Order_Flow
from order_app.Order_Load import Order_Load
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.local.Local_Cloud import Local_Cloud

PARTS = ('orders', 'packages', 'invokes')
RUNS = (
    Campaign_Run(orders=1_000, batch_size=10, invalid=0, timeout=30, seed=1),
    Campaign_Run(orders=1_000, batch_size=1, invalid=0, timeout=30, seed=2),
    Campaign_Run(orders=1_000, batch_size=10, invalid=5, timeout=2, seed=3),
    Campaign_Run(orders=1_000, batch_size=1, invalid=5, timeout=2, seed=4),
    Campaign_Run(orders=10_000, batch_size=10, invalid=1, timeout=5, seed=5),
)


def main() -> int:
    """Run them all, each to its end."""
    parser = argparse.ArgumentParser('python -m benchmarks.campaign', description=__doc__)
    parser.add_argument('--only', choices=PARTS, action='append', help='one of them; may be repeated')
    parts = parser.parse_args().only or PARTS
    failed = 0
    if 'orders' in parts:
        failed += orders()
    if 'packages' in parts:
        failed += packages(Package_Campaign(refused=REFUSED))
    if 'invokes' in parts:
        failed += invokes(Invoke_Campaign())
    return 1 if failed else 0


def invokes(campaign: Invoke_Campaign) -> int:
    """1 when not all invokes were answered as they should be, or something was left."""
    start, result = time.monotonic(), campaign.run()
    ok = result.pop('ok')
    print(f'{"ok    " if ok else "FAILED"} {campaign}')
    for name, value in result.items():
        print(f'    {name}: {value}')
    print(f'    {time.monotonic() - start:.1f} s')
    return not ok


def packages(campaign: Package_Campaign) -> int:
    """How many of the packages went wrong."""
    start, cells = time.monotonic(), []
    print(Package_Cell.heading())
    for cell in campaign.cells():
        cells.append(cell)
        print(cell.row(), flush=True)
    print(f'{Package_Campaign.summary(cells)}, {time.monotonic() - start:.1f} s')
    return sum(cell.outcome == 'failed' for cell in cells)


def orders() -> int:
    """How many of the runs with orders went wrong."""
    failed = 0
    for run in RUNS:
        start = time.monotonic()
        before = folders()
        with Local_Cloud() as cloud:
            flow = Order_Flow(AWS_Session(cloud.session_kwargs()), run.batch_size, run.timeout, run.timeout).setup()
            run_id = f'SEED-{run.seed}'
            made = Made_Orders(run.orders, run_id, run.invalid, run.seed)
            result = Order_Load(flow, made, run_id).run()
        left = sorted(folders() - before)
        ok = result['ok'] and not result['repeated'] and not left
        failed += not ok
        print(f'{"ok    " if ok else "FAILED"} {run}: {result}, left behind {left}, {time.monotonic() - start:.1f} s')
    return failed


def folders() -> set[Path]:
    """The temporary folders of local clouds."""
    return set(Path(tempfile.gettempdir()).glob('osbot-lambda-cloud-*'))


if __name__ == '__main__':
    sys.exit(main())
