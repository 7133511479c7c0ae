import numpy


def run(event, context):
    assert numpy.arange(1_000_001).sum() == 500_000_500_000
    solved = numpy.linalg.solve(numpy.array([[3.0, 1.0], [1.0, 2.0]]), numpy.array([9.0, 8.0]))  # OpenBLAS
    assert numpy.allclose(solved, [2.0, 3.0])
    assert numpy.allclose(numpy.fft.ifft(numpy.fft.fft([1.0, 2.0, 3.0])), [1.0, 2.0, 3.0])
    assert 0 <= numpy.random.default_rng(1).random() < 1
    return numpy.__version__


run({}, None)
