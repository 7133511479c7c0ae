import pytest

from osbot_lambda.archive.Folder_Files import Folder_Files
from osbot_lambda.archive.Package_Ignore import Package_Ignore


class test_Package_Ignore:
    @pytest.mark.parametrize(
        'name',
        [
            *('own.key', 'own.PFX', 'own.p12', 'id_rsa', 'id_ed25519.pub', '.pgpass', '_netrc', 'credentials'),
            *('credentials.csv', 'credentials_prod.json', 'client_secret.json', 'my-secrets.yaml', 'SECRETS.toml'),
            *('secret.txt', 'terraform.tfstate', 'x.tfstate.backup', 'x.tfvars', 'prod.env', 'service-account.json'),
        ],
    )
    def test_looks_like_a_secret(self, name, tmp_path):
        assert Package_Ignore.secret(tmp_path / name) == 'looks like a secret'

    @pytest.mark.parametrize(
        'name', ['secrets.py', 'tokenizer.json', 'keys.json', 'secretary.py', 'key', 'monkey.txt', 'environment.yaml']
    )
    def test_does_not_look_like_a_secret(self, name, tmp_path):
        assert Package_Ignore.secret(tmp_path / name) == ''

    def test_a_pem_is_one_when_a_private_key_is_in_it(self, tmp_path):
        for name, kind in (('ca.pem', 'CERTIFICATE'), ('public.pem', 'PUBLIC KEY'), ('own.pem', 'RSA PRIVATE KEY')):
            (tmp_path / name).write_text(f'-----BEGIN {kind}-----\n')
        found = {file.name: bool(Package_Ignore.secret(file)) for file in tmp_path.iterdir()}
        assert found == {'ca.pem': False, 'public.pem': False, 'own.pem': True}

    @pytest.mark.parametrize(
        ('path', 'pattern', 'fits'),
        [
            ('app/a.py', 'app/a.py', True),
            ('app/a.py', 'app', True),
            ('app/a.py', 'app/', True),
            ('app/deep/a.py', 'app/*.py', True),
            ('app/a.py', '*.py', True),
            ('application/a.py', 'app', False),
            ('app/a.py', 'a.py', False),
            ('app/A.py', 'app/a.py', False),
        ],
    )
    def test_a_pattern_fits_a_path_or_a_folder_above_it(self, path, pattern, fits):
        assert Package_Ignore.chosen(path, ['zzz', pattern]) == (pattern if fits else None)


class test_Folder_Files:
    def test_what_is_left_out_is_told_with_the_reason(self, tmp_path):
        names = ['a.txt', '.env', '.aws/credentials', 'id_rsa', 'b.log', '__pycache__/x.pyc', 'env/pyvenv.cfg', 'env/x']
        for name in names:
            (tmp_path / 'top' / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / 'top' / name).write_text('')
        (tmp_path / 'top' / 'out').symlink_to(tmp_path)
        files = Folder_Files(tmp_path / 'top', ['*.log'])
        assert [path for path, _ in files] == ['a.txt']
        assert files.left_out == {
            '.aws/': 'looks like a secret',
            '.env': 'looks like a secret',
            '__pycache__/': 'a cache',
            'b.log': 'ignored',
            'env/': 'a virtual environment',
            'id_rsa': 'looks like a secret',
            'out/': 'a link out of the folder',
        }
