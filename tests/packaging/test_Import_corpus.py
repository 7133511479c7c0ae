import importlib.machinery
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from osbot_lambda.packaging.Handler_Source import Handler_Source

CORPUS = Path(__file__).parent / 'corpus'
KINDS = ('files', 'external', 'external_names', 'optional', 'missing', 'dynamic', 'left_out', 'why')
PROJECTS = sorted(path.parent.name for path in CORPUS.glob('*/expected.json'))


def read(name: str) -> dict[str, Any]:
    return json.loads((CORPUS / name / 'expected.json').read_text())


class Corpus_Project:
    """One project of the corpus, written into a folder of its own, with what git and pytest would trip over."""

    def __init__(self, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch):
        self.expected = read(name)
        self.folder = folder
        shutil.copytree(CORPUS / name, folder, ignore=shutil.ignore_patterns('expected.json', '__pycache__'))
        for path, text in self.expected.get('also_write', {}).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        for path, target in self.expected.get('links', {}).items():
            (folder / path).symlink_to(target)
        added = [str(folder / path) for path in self.expected.get('sys_path', ())]
        monkeypatch.setattr(sys, 'path', [*sys.path, *added])
        if 'mapping' in self.expected:
            monkeypatch.setattr(sys, 'meta_path', [*sys.meta_path, self._hook(self.expected['mapping'])])
        self.source = Handler_Source(
            self.expected['handler'], source_roots=[folder / root for root in self.expected.get('roots', ['.'])]
        )
        self.code = self.source.code()
        version = self.expected.get('version')
        self.discovery = self.source.discovery(
            self.expected.get('include', ()), self.expected.get('exclude', ()), tuple(version) if version else None
        ).add_source(self.code.module, self.code.source, self.code.is_package)

    def _hook(self, mapping: dict[str, str]) -> type:
        """As setuptools leaves one for an editable install."""

        class Hook:
            @staticmethod
            def find_spec(name, path=None, target=None):
                if name not in mapping:
                    return None
                place = self.folder / mapping[name]
                spec = importlib.machinery.ModuleSpec(name, None, is_package=place.is_dir())
                spec.origin = str(place / '__init__.py' if place.is_dir() else place)
                if place.is_dir():
                    spec.submodule_search_locations = [str(place)]
                return spec

        Hook.__module__ = '__editable___corpus_1_0_finder'
        return Hook

    def short(self, file: str) -> str:
        return os.path.relpath(file, self.folder)

    def found(self) -> dict[str, object]:
        discovery = self.discovery
        return {
            'files': sorted({self.code.path, *discovery.files}),
            'external': {
                name: [f'{self.short(file)}:{line}' for file, line in sites]
                for name, sites in discovery.external.items()
            },
            'external_names': sorted(
                {f'{ref.module}.{name}' for ref in discovery.external_refs() for name in ref.names}
            ),
            'optional': sorted(discovery.optional),
            'missing': [one.name for one in discovery.missing([self.code.path])],
            'dynamic': [f'{self.short(one.file)}:{one.line} {one.text}' for one in discovery.dynamic],
            'left_out': discovery.left_out,
            'why': discovery.why,
        }


@pytest.fixture
def corpus_project(tmp_path, monkeypatch):
    return lambda name: Corpus_Project(name, tmp_path / 'project', monkeypatch)


class test_Import_corpus:
    def test_there_are_enough_of_them(self):
        assert len(PROJECTS) >= 25

    @pytest.mark.parametrize('name', PROJECTS)
    def test_exactly_what_is_expected_of(self, name, corpus_project):
        project = corpus_project(name)
        found = {key: value for key, value in project.found().items() if value}
        assert found == {key: value for key, value in project.expected.items() if key in KINDS}

    @pytest.mark.parametrize('name', [name for name in PROJECTS if 'returns' in read(name)])
    def test_what_was_found_runs_alone_in(self, name, corpus_project, tmp_path, run_python):
        project = corpus_project(name)
        alone = tmp_path / 'alone'
        files = {path: file.read_bytes() for path, file in project.discovery.files.items()}
        for path, data in {**files, project.code.path: project.code.data}.items():
            (alone / path).parent.mkdir(parents=True, exist_ok=True)
            (alone / path).write_bytes(data)
        script = (
            f'import sys, importlib; sys.path.insert(0, {str(alone)!r})\n'
            f'print(importlib.import_module({project.code.module!r}).{project.code.function}({{}}, None))'
        )
        assert run_python('-I', '-X', 'utf8', '-c', script, cwd=alone).strip() == project.expected['returns']
