"""Research taste: whether what an AI chose as its next step was the better choice.

    successor judgement examples/fib/fib.py:fib --replay

A *moment* is a candidate that was handed in. Its options are to stay with the incumbent, the
candidate, what its author could have handed in instead, and what a person made of it. `moments`
reads them off a ledger, `picks` compares who chose what once the roads not taken were tried.
"""
