"""The parts of `prompts.py`: an environment, a meter, and both sides."""
