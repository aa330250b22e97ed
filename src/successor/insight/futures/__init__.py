"""Where a curve goes: an S-curve, compounding, or accelerating; and what models of the future say.

    successor futures series.csv
    successor futures --preset davidson-houlden

`growth` fits three kinds of growth to a series, compares them by how well they predict, and
forecasts; `world` and `presets` simulate.
"""
