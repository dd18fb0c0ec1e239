using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Coinsphere.Messaging.Hosting.Tests.Logging;

public sealed class EscapedConsoleTests
{
    private const string Hostile = "reply\u001b[2Jto\r\n2024-01-01 info: forged\u202e";

    [Theory]
    [InlineData("plain text, ü and 価格", "plain text, ü and 価格")]
    [InlineData(Hostile, "reply\\u001b[2Jto\\r\\n2024-01-01 info: forged\\u202e")]
    [InlineData("\0\t\u007f\u009b\u2028", "\\u0000\\t\\u007f\\u009b\\u2028")]
    public void ControlCharacters_AreEscaped(string text, string expected) => Assert.Equal(expected, EscapedConsole.Escape(text));

    [Theory]
    [InlineData(ConsoleFormatterNames.Simple)]
    [InlineData(ConsoleFormatterNames.Systemd)]
    [InlineData(ConsoleFormatterNames.Json)]
    public void HostileValueAndException_AreOneLineWithoutControlCharacters(string format)
    {
        var line = Write(format, new InvalidOperationException(Hostile));
        Assert.DoesNotContain(line.TrimEnd('\n', '\r'), char.IsControl);
        Assert.Contains("forged", line, StringComparison.Ordinal);
        Assert.Equal(2, line.ToLowerInvariant().Split("u001b[2j").Length - 1);
    }

    private static string Write(string format, Exception fault)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddHostDefaults();
        using var host = builder.Build();
        var formatter = host.Services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == format);
        using var written = new StringWriter();
        formatter.Write(
            new LogEntry<string>(LogLevel.Error, "test", default, Hostile, fault, (state, _) => state), scopeProvider: null, written);
        return written.ToString();
    }
}
