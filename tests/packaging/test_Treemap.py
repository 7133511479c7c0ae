import xml.etree.ElementTree as ElementTree

import pytest

from osbot_lambda.packaging.Size_Node import Size_Node
from osbot_lambda.packaging.Treemap import Treemap

SVG = '{http://www.w3.org/2000/svg}'


def tree(files: dict[str, int]) -> Size_Node:
    root = Size_Node('package')
    for path, size in files.items():
        root.add(path.split('/'), size // 2, size)
    return root


def boxes(root: Size_Node, width: float = 600, height: float = 400) -> dict[str, tuple[float, float, float, float]]:
    return {node.name: box for node, box in Treemap.squarify(root.biggest(), (0, 0, width, height))}


class test_Treemap:
    SIZES = {
        'a': 6_000_000,
        'b': 6_000_000,
        'c': 4_000_000,
        'd': 3_000_000,
        'e': 2_000_000,
        'f': 2_000_000,
        'g': 1_000_000,
    }

    def test_areas_are_as_the_sizes_and_fill_the_box(self):
        found = boxes(tree(self.SIZES))
        for name, (_, _, width, height) in found.items():
            assert width * height == pytest.approx(self.SIZES[name] / 24_000_000 * 600 * 400)

    def test_boxes_are_inside_and_do_not_overlap(self):
        found = list(boxes(tree(self.SIZES)).values())
        for number, (x, y, width, height) in enumerate(found):
            assert x >= 0
            assert y >= 0
            assert x + width <= 600 + 1e-6
            assert y + height <= 400 + 1e-6
            for other_x, other_y, other_width, other_height in found[number + 1 :]:
                apart = (
                    x + width <= other_x + 1e-6
                    or other_x + other_width <= x + 1e-6
                    or y + height <= other_y + 1e-6
                    or other_y + other_height <= y + 1e-6
                )
                assert apart

    def test_the_example_of_the_paper(self):
        found = boxes(tree(self.SIZES), 6, 4)
        assert found['a'] == pytest.approx((0, 0, 3, 2))
        assert found['b'] == pytest.approx((0, 2, 3, 2))
        assert found['c'] == pytest.approx((3, 0, 12 / 7, 7 / 3))
        assert found['d'] == pytest.approx((3 + 12 / 7, 0, 9 / 7, 7 / 3))

    def test_what_has_no_size_is_left_out(self):
        assert set(boxes(tree({'a': 10, 'b': 0}))) == {'a'}
        assert boxes(tree({})) == {}

    def test_the_picture_names_what_is_in_it(self):
        picture = ElementTree.fromstring(
            Treemap(tree({'tea/core/a.so': 9_000_000, 'tea/x/b': 8_000_000, 'cup/c': 900})).svg()
        )
        labels = [text.text for text in picture.iter(f'{SVG}text')]
        titles = [title.text for title in picture.iter(f'{SVG}title')]
        assert labels[0] == 'tea  17.0 MB'
        assert {'core', 'x'} <= set(labels)
        assert 'tea › core: 9.0 MB unpacked, 4.5 MB in the zip' in titles

    def test_what_is_too_small_for_its_name_has_it_as_a_tooltip_alone(self):
        picture = ElementTree.fromstring(Treemap(tree({'big': 10_000_000, 'a-small-one': 3_000})).svg())
        assert [text.text for text in picture.iter(f'{SVG}text')] == ['big  10.0 MB']

    def test_a_long_name_is_cut_to_its_box(self):
        picture = ElementTree.fromstring(Treemap(tree({'n' * 500: 1_000_000})).svg())
        label = next(picture.iter(f'{SVG}text')).text
        assert label.endswith('…')
        assert len(label) < 150

    def test_text_is_escaped(self):
        svg = Treemap(tree({'<script>alert(1)</script>&"/x/<i>': 1_000_000})).svg()
        assert '<script' not in svg
        assert '<i>' not in svg
        ElementTree.fromstring(svg)

    def test_many_small_files_make_no_picture_of_megabytes(self):
        for count in (4_000, 20_000):
            svg = Treemap(tree({f'tea/{number}/{number}.py': 1_000 for number in range(count)})).svg()
            assert len(svg) < 1_000_000
