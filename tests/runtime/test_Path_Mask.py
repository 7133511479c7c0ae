import json
from pathlib import Path

from osbot_lambda.runtime.Path_Mask import Path_Mask


class test_Path_Mask:
    def test_a_folder_is_shown_under_its_other_name(self):
        mask = Path_Mask([(Path('/w/code'), '/var/task'), (Path('/w/layer'), '/opt')])
        assert mask.apply(b'"/w/code/a.py", /w/code: /w/layer/python') == b'"/var/task/a.py", /var/task: /opt/python'

    def test_a_folder_whose_name_only_starts_the_same_stays(self):
        text = b'/w/code2 /w/code.old /w/code-2'
        assert Path_Mask([(Path('/w/code'), '/var/task')]).apply(text) == text

    def test_the_deepest_folder_is_named(self):
        mask = Path_Mask([(Path('/w'), '/var/task'), (Path('/w/layer'), '/opt')])
        assert mask.apply(b'/w/layer/x /w/x') == b'/opt/x /var/task/x'

    def test_a_folder_is_found_in_json(self):
        mask = Path_Mask([(Path('/w/é"'), '/var/task')])
        assert mask.apply(json.dumps('/w/é"/a').encode()) == b'"/var/task/a"'
        assert mask.apply('/w/é"/a'.encode()) == b'/var/task/a'
