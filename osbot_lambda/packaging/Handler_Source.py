import ast
import difflib
import inspect
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any, Optional

from osbot_lambda.errors import File__Not_Found, Handler__Invalid, Handler__Not_Found, Module__Not_Found
from osbot_lambda.packaging.Dependency_Loads import Dependency_Loads
from osbot_lambda.packaging.Handler_Code import Handler_Code
from osbot_lambda.packaging.Import_Discovery import Import_Discovery
from osbot_lambda.packaging.Import_Scanner import Import_Scanner
from osbot_lambda.packaging.Module_File import Module_File
from osbot_lambda.packaging.Module_Finder import Module_Finder
from osbot_lambda.packaging.Nested_Source import Nested_Source
from osbot_lambda.packaging.Python_Source import Python_Source
from osbot_lambda.packaging.Source_Capture import Source_Capture
from osbot_lambda.packaging.Source_Slice import Source_Slice

PLAIN_NAMES = ('run', 'handler', 'main', 'lambda_handler')  # a function of such a name doesn't show in the Lambda's
SCRIPT_NAMES = ('__main__', '__mp_main__')
PROJECT_FILES = ('pyproject.toml', 'setup.py', 'setup.cfg')
WHAT_TO_DO = "Give a function defined at the top level of a module, or its name as 'module.function'"


class Handler_Source:
    """Where a handler comes from: its module, function, file and root folder. The user's code isn't imported.

    Shapes : handler is a function (or class) of the top level of a module, script, test module, notebook or REPL, a
             static function inside a class, a function inside another (a test, say), or the text 'module.function',
             looked for in source_roots, else on sys.path. source_roots act as the zip's root, as /var/task does.
    Errors : Handler__Invalid, Handler__Not_Found, Module__Not_Found, File__Not_Found (a root), Source__Syntax_Error;
             code() also Source__Not_Found and Source__Not_Portable.
    """

    module: str  # dotted, as Python knows it here
    function: str
    file: Optional[Path]  # None when it was typed into a REPL or notebook
    root: Optional[Path]  # what is, or would be, on sys.path
    is_script: bool
    is_nested: bool  # defined inside a class, or inside another function
    callable: Optional[Callable[..., Any]]

    def __init__(self, handler: Callable[..., Any] | str, source_roots: Optional[Sequence[str | Path]] = None):
        self.source_roots = tuple(Path(os.path.abspath(root)) for root in source_roots or ())
        for root in self.source_roots:
            if not root.is_dir():
                raise File__Not_Found(f'source root {root} is not a folder')
        self.is_script = self.is_nested = False
        self.callable = None
        if isinstance(handler, str):
            self._from_text(handler)
        else:
            self._from_callable(handler)
        if self.file is not None:
            self._check_function(self._read())

    def lambda_name(self) -> str:
        """The default name of the Lambda function: the module's, with dots as '_', and the function's."""
        module = self.module.removesuffix('.__main__')
        if self.is_nested:
            module += f'__{Nested_Source.around(self.callable)}'
        name = module.replace('.', '_') + ('' if self.function in PLAIN_NAMES else f'__{self.function}')
        return re.sub(r'[^a-zA-Z0-9_-]', '_', name)

    def handler(self) -> str:
        """Lambda's handler string, 'module.function'."""
        return self.code().handler

    def roots(self) -> tuple[Path, ...]:
        """The folders whose modules are first-party: what is given, else the handler's own and those of sys.path."""
        own = () if self.root is None else (self.root,)
        if self.source_roots:
            return self.source_roots if self.root in (None, *self.source_roots) else (*own, *self.source_roots)
        return tuple(dict.fromkeys((*own, *Module_Finder.first_party_sys_path())))

    def discovery(
        self, include: Sequence[str] = (), exclude: Sequence[str] = (), version: Optional[tuple[int, int]] = None
    ) -> Import_Discovery:
        """A discovery over roots(). Of a handler in an installed package, only that package is first-party."""
        installed = self.root is not None and bool({'site-packages', 'dist-packages'} & set(self.root.parts))
        top_names = [self.module.partition('.')[0]] if installed else None
        return Import_Discovery(self.roots(), top_names, include, exclude, version)

    def has_script_block(self) -> bool:
        """Does its file say itself, in a PEP 723 block, what packages it needs?"""
        return self.file is not None and '# /// script' in Python_Source.load(self.file).text

    def code(self) -> Handler_Code:
        """The handler's own file for the zip, as it is on disk now; for a script or test module, a slice of it."""
        if self.file is None:
            return self._captured()
        source = self._read()
        self._check_function(source)
        if self.is_script or self.is_nested or self._acts_on_import(source):
            return self._sliced(source)
        is_package = self.file.name == '__init__.py' and self.module.rpartition('.')[2] == self.file.parent.name
        path = self.module.replace('.', '/') + ('/__init__.py' if is_package else '.py')
        return Handler_Code(self.module, self.function, path, self.file.read_bytes(), source, is_package)

    # ---- from text

    def _from_text(self, text: str) -> None:
        self.module, _, self.function = text.replace('/', '.').rpartition('.')
        if not all(self.module.split('.')) or not self.function.isidentifier():
            raise Handler__Invalid(f"handler {text!r} is not of the form 'module.function'")
        roots = self.source_roots or (*Module_Finder.first_party_sys_path(), *Module_Finder.installed_sys_path())
        found = Module_Finder(roots).find(self.module)
        if found is None or found.file is None:
            found = Module_Finder(self._src_folders(roots)).find(self.module) or found
        if found is None and not self.source_roots:
            found = Module_Finder.find_installed(self.module)
        if found is None or found.file is None or found.file.suffix != '.py':
            raise Module__Not_Found(self._not_found(text, found, roots))
        self.file, self.root = found.file, found.root

    @staticmethod
    def _src_folders(roots: Sequence[Path]) -> list[Path]:
        """The src folder of each root that is a project's: its modules are imported without the 'src'."""
        projects = [root for root in roots if any((root / name).is_file() for name in PROJECT_FILES)]
        return [root / 'src' for root in projects if (root / 'src').is_dir()]

    def _not_found(self, text: str, found: Optional[Module_File], roots: Sequence[Path]) -> str:
        searched = ', '.join(str(root) for root in roots) or 'nothing: no source root was given'
        if found is None:
            return f'no module {self.module!r} for handler {text!r}; searched {searched}'
        kind = 'a folder without __init__.py' if found.file is None else f'compiled ({found.file.name})'
        return f'{self.module!r} of handler {text!r} is {kind}, not a Python file; searched {searched}'

    # ---- from a callable

    def _from_callable(self, handler: Any) -> None:
        function = self._plain_function(handler)
        space = self._namespace(function)
        name = self._name_in(space, function)
        if inspect.iscoroutinefunction(inspect.unwrap(function)) and inspect.iscoroutinefunction(function):
            raise Handler__Invalid(self._about_async(name))
        self.callable, self.function = function, name
        self.is_script = space.get('__name__') in SCRIPT_NAMES
        file = space.get('__file__')
        if not isinstance(file, str) or not os.path.isfile(file) or not file.endswith(('.py', '.pyw')):
            self._without_file(space)
            return
        self.file = Path(os.path.abspath(file))
        self.is_nested = Nested_Source.is_nested(function) and not any(value is function for value in space.values())
        if not self.is_nested and not self._may_have(Python_Source.load(self.file), name) and self._typed_in(function):
            self._without_file(space)  # typed after `python -i script.py`
            return
        self._place(space)

    def _plain_function(self, handler: Any) -> Any:
        if isinstance(handler, staticmethod | classmethod):
            handler = handler.__func__
        if inspect.ismethod(handler):
            if '.' in handler.__func__.__qualname__:
                raise Handler__Invalid(f'{handler.__qualname__} is a method, bound to an object. {WHAT_TO_DO}')
            return handler.__func__  # a function kept as a class attribute, reached through an instance
        if not callable(handler):
            raise Handler__Invalid(f'handler is a {type(handler).__name__}, not a function. {WHAT_TO_DO}')
        if not isinstance(inspect.unwrap(handler), FunctionType | type):
            raise Handler__Invalid(f'handler is a {type(handler).__name__} object, not a function. {WHAT_TO_DO}')
        return handler

    @staticmethod
    def _namespace(function: Any) -> dict[str, Any]:
        """The namespace of the module that it belongs to."""
        inner = inspect.unwrap(function)
        if isinstance(inner, type):
            return vars(sys.modules[inner.__module__])
        for cell in inner.__closure__ or ():  # a decorator without functools.wraps: the function it was put on
            original = cell.cell_contents
            if isinstance(original, FunctionType) and original.__globals__.get(original.__name__) is function:
                return original.__globals__
        return inner.__globals__

    @staticmethod
    def _name_in(space: dict[str, Any], function: Any) -> str:
        """The name that its module knows it by."""
        inner = inspect.unwrap(function)
        name, path = inner.__name__, inner.__qualname__
        if name == '<lambda>':
            raise Handler__Invalid(f'handler is a lambda, which has no name to deploy by. {WHAT_TO_DO}')
        if space.get(name) is function:
            return str(name)
        known = next((key for key, value in space.items() if value is function), None)
        if known is not None:
            return known
        if '.' in path and not Handler_Source._can_be_taken_out(space, inner):
            inside = 'another function' if '<locals>' in path else 'a class'
            raise Handler__Invalid(f'{path} is defined inside {inside}. {WHAT_TO_DO}')
        return str(name)  # its module has another one of that name by now: the one to deploy

    @staticmethod
    def _can_be_taken_out(space: dict[str, Any], inner: Any) -> bool:
        """Can it be written as a function of the top level? Not a method, nor what is in no file."""
        if not isinstance(inner, FunctionType) or not os.path.isfile(str(space.get('__file__') or '')):
            return False
        parameters = list(inspect.signature(inner).parameters)
        return not parameters or parameters[0] not in ('self', 'cls')

    @staticmethod
    def _typed_in(function: Any) -> bool:
        code = getattr(inspect.unwrap(function), '__code__', None)
        return code is not None and not os.path.isfile(code.co_filename)

    def _without_file(self, space: dict[str, Any]) -> None:
        self.file, self.root, self.is_script = None, None, False
        name = space.get('__vsc_ipynb_file__') or os.environ.get('JPY_SESSION_NAME')
        if isinstance(name, str) and name:
            self.module = Path(name).stem
        else:
            self.module = 'notebook' if 'get_ipython' in space else 'repl'

    def _place(self, space: dict[str, Any]) -> None:
        """Sets module and root from the file and from the name that its module has here."""
        assert self.file is not None
        spec = space.get('__spec__')
        name = str(space.get('__name__') or '')
        if self.is_script:
            name = spec.name if spec is not None and spec.name not in SCRIPT_NAMES else ''
        roots = (*self.source_roots, *(() if name.startswith('src.') else self._src_folders(self.source_roots)))
        inside = [root for root in roots if self.file.is_relative_to(root)]
        if self.source_roots and not inside:
            raise Module__Not_Found(
                f'{self.file}, where {self.function} is defined, is in none of the source roots '
                f'{", ".join(str(root) for root in self.source_roots)}'
            )
        parts = name.split('.') if name else []
        for tail in (Path(*parts, '__init__.py'), Path(*parts[:-1], f'{parts[-1]}.py')) if parts and not inside else ():
            if self.file.parts[-len(tail.parts) :] == tail.parts:
                self.module, self.root = name, self.file.parents[len(tail.parts) - 1]
                return
        self.root = max(inside, key=lambda root: len(root.parts)) if inside else self.file.parent
        relative = self.file.relative_to(self.root).with_suffix('')
        names = relative.parts[:-1] if relative.name == '__init__' else relative.parts
        self.module = '.'.join(names)
        if self.module == '__main__':  # python folder/
            self.module = self.file.parent.name

    # ---- checks

    def _read(self) -> Python_Source:
        """The handler's file as it is now, the function at its top level."""
        assert self.file is not None
        source = Python_Source.load(self.file)
        return Nested_Source(self.callable, source).with_it_at_the_top() if self.is_nested else source

    @staticmethod
    def _may_have(source: Python_Source, name: str) -> bool:
        bindings = source.bindings()
        return name in bindings or '*' in bindings

    def _check_function(self, source: Python_Source) -> None:
        bindings = source.bindings()
        if not self._may_have(source, self.function):
            near = difflib.get_close_matches(self.function, bindings, 3, 0.5)
            functions = [name for name, nodes in bindings.items() if isinstance(nodes[-1], ast.FunctionDef)]
            hint = f'did you mean {" or ".join(near)}?' if near else f'its functions: {", ".join(functions) or "none"}'
            raise Handler__Not_Found(f'{source.label} has no function {self.function!r} at its top level; {hint}')
        last = bindings.get(self.function, [None])[-1]
        if isinstance(last, ast.AsyncFunctionDef) and not last.decorator_list:
            raise Handler__Invalid(self._about_async(self.function))

    @staticmethod
    def _about_async(name: str) -> str:
        return (
            f"{name} is async, and Lambda's Python runtime doesn't await it. "
            f'Deploy a plain function that calls asyncio.run({name}(event, context))'
        )

    # ---- what is shipped

    def _acts_on_import(self, source: Python_Source) -> bool:
        """Is it a test module, or one that uses us at import?"""
        stem = Path(source.label).stem
        if stem.startswith('test_') or stem.endswith('_test') or stem == 'conftest':
            return True
        wanted = {'osbot_lambda', 'pytest', 'unittest'}
        refs = Import_Scanner(source, self.module).scan()
        return any(
            ref.at_import
            and ref.module.partition('.')[0] in wanted
            and not Dependency_Loads.is_for_functions(ref.module, ref.names)
            for ref in refs
        )

    def _sliced(self, source: Python_Source) -> Handler_Code:
        part = Source_Slice(source, self.function)
        text = part.text()
        module = self.module
        stem = module.rpartition('.')[2]
        if not part.uses_relative_imports() and stem != '__main__':
            others = Module_Finder(self.roots()).find(stem)
            if others is None or others.file == self.file:
                module = stem  # alone at the root: its package isn't needed
        return self._as_code(module, text, source.label)

    def _captured(self) -> Handler_Code:
        assert self.callable is not None
        return self._as_code(self.module, Source_Capture(self.callable, self.function).text(), f'<{self.module}>')

    def _as_code(self, module: str, text: str, label: str) -> Handler_Code:
        if '.' not in module or not all(part.isidentifier() for part in module.split('.')):
            module = re.sub(r'\W', '_', module)
            if module in sys.stdlib_module_names:
                module += '_'  # or it would stand in the way of Python's own
        path = module.replace('.', '/') + '.py'
        return Handler_Code(module, self.function, path, text.encode(), Python_Source(label, text), is_slice=True)
