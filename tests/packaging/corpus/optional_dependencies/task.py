from contextlib import suppress

try:
    import orjson_x
except ImportError:
    orjson_x = None
try:
    from lxml_x import etree
except (ImportError, OSError):
    import plain_x
try:
    import tomllib
except ModuleNotFoundError:
    import tomli_x as tomllib
with suppress(ImportError):
    import ujson_x
try:
    import needed_x
except ValueError:
    pass


def run(event, context):
    import late_x
