from datetime import UTC, datetime


class Timestamp:
    """Moments as the Lambda API writes them; seconds are since the epoch."""

    @staticmethod
    def of(seconds: float) -> str:
        """2026-01-31T12:00:00.123+0000, of functions and layers."""
        moment = datetime.fromtimestamp(seconds, UTC)
        return f'{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000'

    @staticmethod
    def whole(seconds: float) -> str:
        """2026-01-31T12:00:00+0000, of provisioned concurrency."""
        return f'{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}+0000'

    @staticmethod
    def precise(seconds: float) -> str:
        """2026-01-31T12:00:00.123456Z, of function URLs."""
        return f'{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S.%f}Z'
