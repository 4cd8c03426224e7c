// Package prism only holds a test. It runs the facade against Prism, which mocks each document.
// Prism judges requests and writes answers, and shares no code with this project.
package prism
