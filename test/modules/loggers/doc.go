// Package loggers holds what zap, zerolog and logrus show of the library's values.
package loggers
