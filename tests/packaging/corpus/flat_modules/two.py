from four import value
