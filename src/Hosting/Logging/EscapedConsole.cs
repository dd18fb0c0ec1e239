using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Coinsphere.Messaging.Hosting.Logging;

/// <summary>
/// Escapes control characters in everything that is logged to the console, whoever logs it: text of callers can neither forge a line nor command the terminal
/// that shows it. JSON lines escape by themselves.
/// </summary>
internal static class EscapedConsole
{
    /// <summary>Wraps the formatters of the console that write text. Call it after they were added.</summary>
    public static void EscapeConsole(this IServiceCollection services)
    {
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i] is { ServiceType: var type, ImplementationType: { } formatter, Lifetime: var lifetime } && type == typeof(ConsoleFormatter))
            {
                services[i] = new ServiceDescriptor(
                    type, provider => Escaping((ConsoleFormatter)ActivatorUtilities.CreateInstance(provider, formatter)), lifetime);
            }
        }
    }

    /// <summary>The text with its control characters as \u001b, and those that change the direction of a line.</summary>
    public static string Escape(string text, bool keepsLines = false)
    {
        if (!text.Any(IsUnsafe))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (!IsUnsafe(c) || (keepsLines && Environment.NewLine.Contains(c, StringComparison.Ordinal)))
            {
                escaped.Append(c);
            }
            else
            {
                escaped.Append(c switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") });
            }
        }

        return escaped.ToString();
    }

    private static bool IsUnsafe(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private static ConsoleFormatter Escaping(ConsoleFormatter formatter) => formatter.Name == ConsoleFormatterNames.Json ? formatter : new Formatter(formatter);

    private sealed class Formatter(ConsoleFormatter formatter) : ConsoleFormatter(formatter.Name), IDisposable
    {
        public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
        {
            var (format, fault) = (logEntry.Formatter, logEntry.Exception);
            formatter.Write(
                new LogEntry<TState>(
                    logEntry.LogLevel, logEntry.Category, logEntry.EventId, logEntry.State, fault is null ? null : new EscapedException(fault),
                    (state, _) => Escape(format(state, fault))),
                scopeProvider, textWriter);
        }

        public void Dispose() => (formatter as IDisposable)?.Dispose();
    }

    // The formatters write what ToString gives.
    private sealed class EscapedException(Exception fault) : Exception
    {
        public override string ToString() => Escape(fault.ToString(), keepsLines: true);
    }
}
