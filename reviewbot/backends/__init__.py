"""Ways to reach a model. Each adapter translates and nothing else."""
