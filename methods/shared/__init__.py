"""What several methods use, and no method itself: operators, schedules, policies, solvers."""
