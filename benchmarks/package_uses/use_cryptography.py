import cryptography
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def run(event, context):
    box = Fernet(Fernet.generate_key())
    assert box.decrypt(box.encrypt(b'tea')) == b'tea'
    key = ec.generate_private_key(ec.SECP256R1())
    key.public_key().verify(key.sign(b'tea', ec.ECDSA(hashes.SHA256())), b'tea', ec.ECDSA(hashes.SHA256()))
    return cryptography.__version__


run({}, None)
