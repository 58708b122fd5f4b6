"""Problems with limits: engineering design and the CEC 2006 suite."""
