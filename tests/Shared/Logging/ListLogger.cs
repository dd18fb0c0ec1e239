using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Tests;

/// <summary>Keeps what was logged.</summary>
internal sealed class ListLogger<T> : ILogger<T>
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Entries { get; } = new();

    /// <summary>The lines of a level or above it.</summary>
    public string[] Lines(LogLevel least = LogLevel.Trace) => [.. Entries.Where(entry => entry.Level >= least).Select(entry => entry.Text)];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((logLevel, formatter(state, exception)));
}
