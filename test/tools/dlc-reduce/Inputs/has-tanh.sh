#!/bin/sh
# Interesting (status 1) is a module with a tanh.
if grep -q graph.tanh "$1"; then exit 1; else exit 0; fi
