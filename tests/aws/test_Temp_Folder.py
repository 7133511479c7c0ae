import os

import pytest

from osbot_lambda.aws.Temp_Folder import Temp_Folder
from osbot_lambda.errors import Config__Error


@pytest.fixture(autouse=True)
def temp(monkeypatch, tmp_path):
    monkeypatch.setattr('tempfile.tempdir', str(tmp_path))
    return tmp_path


class test_Temp_Folder:
    def test_it_is_of_this_user_alone(self, temp):
        folder = Temp_Folder.own('kept')
        assert folder == Temp_Folder.own('kept') == temp / f'kept-{os.getuid()}'
        assert folder.stat().st_mode & 0o777 == 0o700

    def test_an_absolute_path_stays(self, temp):
        assert Temp_Folder.own(str(temp / 'mine')) == temp / 'mine'

    def test_a_link_that_somebody_left_there_is_refused(self, temp):
        (temp / f'kept-{os.getuid()}').symlink_to('/etc')
        with pytest.raises(Config__Error, match='made by somebody else'):
            Temp_Folder.own('kept')
