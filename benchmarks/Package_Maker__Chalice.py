import json
import shutil
import sys
from pathlib import Path

from benchmarks.Package_Build import PACKAGES
from benchmarks.Package_Maker import Package_Maker

HANDLER = """
import numpy, pydantic, requests
from chalice import Chalice
from chalicelib.shop import part_0

app = Chalice(app_name='shop')

@app.lambda_function()
def run(event, context):
    return part_0.total(event)
"""
CONFIG = {
    'version': '2.0',
    'app_name': 'shop',
    'manage_iam_role': False,
    'iam_role_arn': 'arn:aws:iam::000000000000:role/none',
}


class Package_Maker__Chalice(Package_Maker):
    """`chalice package`, in an environment of its own, which has the app's packages, as chalice imports the app.

    It packages for the Python that it runs in, so that its wheels are that one's.
    """

    name = 'chalice package'
    code = 'chalicelib/shop'
    handler = HANDLER

    def __init__(self, folder: Path):
        super().__init__(folder, {'AWS_DEFAULT_REGION': 'us-east-1'})
        self.zip = folder / 'out' / 'deployment.zip'

    def prepare(self) -> None:
        """The environment, and the wheels in a folder, which are its whole index from then on."""
        wheels, uv = self.folder / 'wheels', (sys.executable, '-m', 'uv')
        self.start(*uv, 'venv', '--quiet', '--python', sys.executable, 'env')
        python = str(self.folder / 'env' / 'bin' / 'python')
        self.start(*uv, 'pip', 'install', '--quiet', '--python', python, 'chalice', *PACKAGES)
        self.start(python, '-m', 'pip', 'download', '--only-binary', ':all:', '--dest', str(wheels), *PACKAGES)
        self.env |= {'PIP_NO_INDEX': '1', 'PIP_FIND_LINKS': str(wheels)}
        (self.app / '.chalice').mkdir(parents=True)
        (self.app / '.chalice' / 'config.json').write_text(json.dumps(CONFIG))
        (self.app / 'requirements.txt').write_text('\n'.join(PACKAGES))

    def forget(self) -> None:
        """The packages that it keeps by the hash of their sources."""
        shutil.rmtree(self.app / '.chalice' / 'deployments', ignore_errors=True)

    def build(self) -> None:
        """From the command line."""
        chalice = str(self.folder / 'env' / 'bin' / 'chalice')
        self.start(chalice, '--project-dir', str(self.app), 'package', str(self.zip.parent))
