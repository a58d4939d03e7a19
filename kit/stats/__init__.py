"""Numbers in, numbers out: the statistics that the analyses rest on.

Every function here takes arrays and gives numbers or arrays; it knows nothing of stations, variables,
datasets or words. :mod:`kit.analysis` turns readings and sightings into these arrays, and the numbers into
results with a table, a sentence and what may not be concluded.
"""
