import ssl

import certifi
import charset_normalizer
import requests


def run(event, context):
    prepared = requests.Request('GET', 'https://shop.example/tea', params={'q': 'güte'}).prepare()
    assert prepared.url == 'https://shop.example/tea?q=g%C3%BCte'
    assert charset_normalizer.from_bytes('Der Tee ist schön heiß.'.encode()).best().encoding == 'utf_8'
    assert ssl.create_default_context(cafile=certifi.where()).cert_store_stats()['x509_ca'] > 50
    return requests.__version__


run({}, None)
