"""STEINER: minimum Steiner trees and forests in graphs."""
