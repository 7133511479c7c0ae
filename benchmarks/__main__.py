"""All the figures of the local cloud, as one table. The cloud is a process of its own, and so is this client."""

import argparse
import os
import platform
import sys
from pathlib import Path

from benchmarks.Deploy_Bench import Deploy_Bench
from benchmarks.Emulator import Emulator
from benchmarks.Figure import Figure
from benchmarks.Import_Bench import Import_Bench
from benchmarks.Invoke_Bench import Invoke_Bench
from benchmarks.Order_Bench import Order_Bench
from benchmarks.Package_Bench import Package_Bench
from benchmarks.Queue_Bench import Queue_Bench
from benchmarks.Rie_Bench import Rie_Bench
from osbot_lambda.local.Local_Cloud import Local_Cloud

HEADINGS = ['figure', 'value', 'floor', 'ratio', 'the floor is', 'target']
GROUPS = ('imports', 'package', 'deploy', 'invoke', 'emulator', 'queue', 'orders')
IN_A_CLOUD = {'deploy': Deploy_Bench, 'invoke': Invoke_Bench, 'emulator': Rie_Bench, 'queue': Queue_Bench}


def main() -> int:
    """The exit code: 1 when a target is missed."""
    parser = argparse.ArgumentParser('python -m benchmarks', description=__doc__)
    parser.add_argument('--quick', action='store_true', help='fewer rounds: about a minute less')
    parser.add_argument('--only', choices=GROUPS, action='append', help='one group of figures; may be repeated')
    args = parser.parse_args()
    print(f'{machine()}; {load()}', flush=True)
    figures = []
    for group in args.only or GROUPS:
        figures += list(measure(group, args.quick))
        print(f'{group} measured; {load()}', file=sys.stderr, flush=True)
    print(table([HEADINGS, *(figure.cells() for figure in figures)]))
    print(load())
    return 1 if any(figure.met is False for figure in figures) else 0


def measure(group: str, quick: bool) -> list[Figure]:
    """The figures of one group; those that need a cloud have a new one."""
    if group == 'imports':
        return list(Import_Bench(quick).run())
    if group == 'package':
        return list(Package_Bench(quick).run())
    if group == 'orders':
        return list(Order_Bench(quick).run())
    if group == 'emulator' and (reason := Emulator.why_not()):
        print(f'nothing beside the emulator: {reason}', file=sys.stderr)
        return []
    with Local_Cloud() as cloud:
        return list(IN_A_CLOUD[group](cloud, quick).run())


def machine() -> str:
    """What it is measured on."""
    cpu_info = Path('/proc/cpuinfo')
    lines = cpu_info.read_text().splitlines() if cpu_info.exists() else []
    names = [line.partition(':')[2].strip() for line in lines if line.startswith('model name')]
    name = names[0] if names else platform.processor()
    return f'{name}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}'


def load() -> str:
    """The load that others and we put on the machine."""
    return f'load {os.getloadavg()[0]:.2f}'


def table(rows: list[list[str]]) -> str:
    """Rows of texts, in columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return '\n'.join(
        '  '.join(f'{cell:<{width}}' for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


if __name__ == '__main__':
    sys.exit(main())
