from collections.abc import Iterable


class Nearest_Name:
    """Advice for a name that isn't there."""

    @staticmethod
    def advice(name: str, known: Iterable[str]) -> str:
        """ "did you mean 'timeout'?"; without a near one, "it has architecture, handler, …"."""
        from difflib import get_close_matches

        names = sorted(known)
        near = get_close_matches(name, names, n=1, cutoff=0.5)
        return f'did you mean {near[0]!r}?' if near else f'it has {", ".join(names)}'
