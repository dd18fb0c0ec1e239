using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>Runs a host. A fault that an operator can repair is one line on the error stream. Any other is a bug, and crashes with its stack trace.</summary>
public static class HostRunner
{
    // Exceptions of the binder and of log levels name key and value, those of this assembly the key. From other sources they are bugs.
    private static readonly HashSet<string?> ConfigurationSources
        = ["Microsoft.Extensions.Configuration.Binder", "Microsoft.Extensions.Logging.Configuration", typeof(HostRunner).Assembly.GetName().Name];

    /// <summary>
    /// The arguments of every host. They turn off watching of settings files: systems have few handles for it (inotify: 128 per user, shared by all
    /// containers of a machine that run as the same user), and without one the host could not even be created.
    /// </summary>
    public static string[] Arguments(params string[] arguments) => ["--hostBuilder:reloadConfigOnChange=false", .. arguments];

    /// <summary>The exit code: 0 where the host ran and stopped, 1 where its configuration or environment prevents it from running.</summary>
    public static async Task<int> RunAsync(Func<IHost> build)
    {
        try
        {
            await RunAsync(build());
            return 0;
        }
        catch (OperationCanceledException)
        {
            // Stopped before it had started.
            return 0;
        }
        catch (Exception fault) when (Explain(fault) is { Length: > 0 } lines)
        {
            foreach (var line in lines)
            {
                await Console.Error.WriteLineAsync("Cannot run: " + line);
            }

            return 1;
        }
    }

    private static async Task RunAsync(IHost host)
    {
        try
        {
            host.Services.GetService<UnknownSettings>()?.Warn();
            await host.StartAsync();
            await host.WaitForShutdownAsync();
        }
        finally
        {
            // A failed start stops services that already run. Announced as a stop, they do not report it as their own failure.
            host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }

    /// <summary>The faults that an operator can repair, one line each; empty where one of them is a bug.</summary>
    public static string[] Explain(Exception fault) => fault switch
    {
        SettingException wrong => [SettingNames.AsGiven(wrong.Message)],
        OptionsValidationException wrong => wrong.Failures.Select(SettingNames.AsGiven).Distinct(StringComparer.Ordinal).ToArray(),
        InvalidOperationException wrong when ConfigurationSources.Contains(wrong.Source) => [SettingNames.AsGiven(
            Conversion.Explain(wrong.Message) ?? wrong.Message)],
        // A file that is not valid JSON: the message names the file, its cause the line.
        InvalidDataException { InnerException: FormatException cause } wrong => [$"{wrong.Message} {cause.InnerException?.Message ?? cause.Message}"],
        // An invalid URL to listen on.
        FormatException wrong when wrong.Source?.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) == true => [wrong.Message],
        InvalidOperationException wrong when wrong.Source == "Microsoft.AspNetCore.Server.Kestrel.Core" => [wrong.Message.ReplaceLineEndings(" ")],
        // A port that is in use or not permitted, or an address that this machine does not have. The message names the address.
        IOException failure => [failure.Message],
        SocketException failure => [$"the address to listen on cannot be used: {failure.Message}"],
        AggregateException several when several.InnerExceptions.Select(Explain).ToArray() is var each && each.All(lines => lines.Length > 0) =>
            each.SelectMany(lines => lines).Distinct(StringComparer.Ordinal).ToArray(),
        _ => [],
    };
}
