"""Problems on weights that somebody has trained, read from the distributions that pip installs."""
