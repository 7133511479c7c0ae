import datetime

import babel
from babel.dates import format_date
from babel.numbers import format_currency


def run(event, context):
    assert format_date(datetime.date(2026, 7, 1), 'long', 'pt_PT') == '1 de julho de 2026'
    assert format_currency(1234.5, 'EUR', locale='de') == '1.234,50\xa0€'
    assert babel.Locale.parse('ja').get_display_name('en') == 'Japanese'
    return babel.__version__


run({}, None)
