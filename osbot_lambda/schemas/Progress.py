class Progress:
    """Whom long work tells how far it is. This one says nothing: who shows a bar overrides it.

    Units : done and total are of one kind, bytes unless `unit` says otherwise; total 0 is not known yet.
    """

    def start(self, task: str, total: int = 0, unit: str = 'bytes') -> None:
        """A task begins, or its total has become known; task is what a user reads: 'upload orders'."""

    def advance(self, task: str, done: int) -> None:
        """So much more of it is done; may be called from any thread."""

    def finish(self, task: str) -> None:
        """It is over, also when it failed."""
