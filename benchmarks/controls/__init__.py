"""The controls of `benchmarks/adder.py`: what each arm is, how it runs, what is measured."""
