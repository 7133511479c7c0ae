import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict


def run(event, context):
    assert pq.__impl__ == 'binary'
    assert pq.version() >= 100_000
    assert conninfo_to_dict('host=db user=tea')['user'] == 'tea'
    assert pq.Escaping().escape_string(b"it's") == b"it''s"
    try:
        psycopg.connect('host=/nowhere user=tea connect_timeout=2')
    except psycopg.OperationalError:
        return psycopg.__version__
    raise AssertionError('there is a database in /nowhere')


run({}, None)
