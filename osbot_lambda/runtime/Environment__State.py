"""The states of an execution environment."""

from enum import Enum


class Environment__State(Enum):
    """NEW → STARTING → READY ⇄ BUSY → ENDED; ENDED can follow any of them, and a failed start goes straight there."""

    NEW = 'new'
    STARTING = 'starting'
    READY = 'ready'
    BUSY = 'busy'
    ENDED = 'ended'
