//! Reads and writes the scap capture format.
