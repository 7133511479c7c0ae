import json
from typing import NoReturn

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors

_VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_refuse)  # Python alone takes NaN and Infinity for JSON


class Payload_Check:
    """Lambda takes JSON alone as payload, and says what is wrong with it in its JSON parser's words."""

    MAX_SYNC = 6_291_456
    MAX_EVENT = 1_048_576

    def __init__(self, payload: bytes):
        self.payload = payload

    def check_size(self, event: bool) -> None:
        """Raises Api__Error 413."""
        size = len(self.payload)
        if event and size > self.MAX_EVENT:
            raise Lambda_Errors.too_large(
                f'{size} byte payload is too large for the Event invocation type (limit {self.MAX_EVENT} bytes)'
            )
        if size > self.MAX_SYNC:
            raise Lambda_Errors.too_large(
                f'Request must be smaller than {self.MAX_SYNC} bytes for the InvokeFunction operation'
            )

    def json_bytes(self) -> bytes:
        """The payload, or '{}' for an empty one. Raises Api__Error 400 when it is no JSON."""
        if not self.payload:
            return b'{}'
        try:
            _DECODER.decode(self.payload.decode())
        except UnicodeDecodeError as error:
            raise self._wrong_byte(self.payload[error.start], error.start) from None
        except json.JSONDecodeError as error:
            raise self._wrong_text(error) from None
        except (ValueError, RecursionError) as error:
            raise self._wrong(f'{type(error).__name__}: {error}', 1, 1) from None
        return self.payload

    def _wrong_byte(self, byte: int, at: int) -> Api__Error:
        lines = self.payload[:at].split(b'\n')
        what = f'Unexpected character ((CTRL-CHAR, code {byte})): expected a valid value {_VALUE}'
        return self._wrong(what, len(lines), len(lines[-1]) + 1)

    def _wrong_text(self, error: json.JSONDecodeError) -> Api__Error:
        rest = error.doc[error.pos :]
        word = ''
        for char in rest:
            if not (char.isalnum() or char == '_'):
                break
            word += char
        if not rest:
            what = 'Unexpected end-of-input'
        elif word and not word[0].isdigit():
            what = f"Unrecognized token '{word}': was expecting {_VALUE}"
        else:
            what = f"Unexpected character ('{rest[0]}' (code {ord(rest[0])})): expected a valid value {_VALUE}"
        return self._wrong(what, error.lineno, error.colno)

    def _wrong(self, what: str, line: int, column: int) -> Api__Error:
        source = 'Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)'
        return Lambda_Errors.bad_content(
            f'Could not parse request body into json: Could not parse payload into json: {what}\n'
            f' at [{source}; line: {line}, column: {column}]'
        )
