capture events opena
