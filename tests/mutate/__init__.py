# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""`./dev mutate engine`: faults put into the engine one at a time; each must turn the test that is named with it red."""
