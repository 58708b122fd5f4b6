"""Control as policy search: find the parameters of a policy that acts in a gymnasium world."""
