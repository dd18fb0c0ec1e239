using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>Runs a host. What its operator can put right is said in a line on the error stream; anything else is a bug and crashes with its trace.</summary>
public static class HostRunner
{
    // The binder's exceptions and those of log levels name key and value, this assembly's name the key; those of other origin are bugs.
    private static readonly HashSet<string?> ConfigurationSources
        = ["Microsoft.Extensions.Configuration.Binder", "Microsoft.Extensions.Logging.Configuration", typeof(HostRunner).Assembly.GetName().Name];

    /// <summary>
    /// What every host is created with: its arguments, and that no file of settings is watched, for which systems have few handles (inotify: 128 a user, shared
    /// by all containers of a machine that run as the same user); without one the host would not even be created.
    /// </summary>
    public static string[] Arguments(params string[] arguments) => ["--hostBuilder:reloadConfigOnChange=false", .. arguments];

    /// <summary>The exit code: 0 where the host ran and stopped, 1 where its configuration or its surroundings do not let it run.</summary>
    public static async Task<int> RunAsync(Func<IHost> build)
    {
        try
        {
            await RunAsync(build());
            return 0;
        }
        catch (OperationCanceledException)
        {
            // Told to stop before it had started.
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
            // A start that failed ends services that already run: without this word they would report their end as a failure of their own.
            host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }

    // Nothing where one of the faults is a bug.
    private static string[] Explain(Exception fault) => fault switch
    {
        SettingException wrong => [SettingNames.AsGiven(wrong.Message)],
        OptionsValidationException wrong => wrong.Failures.Select(SettingNames.AsGiven).Distinct(StringComparer.Ordinal).ToArray(),
        InvalidOperationException wrong when ConfigurationSources.Contains(wrong.Source) => [SettingNames.AsGiven(
            Conversion.Explain(wrong.Message) ?? wrong.Message)],
        // A file that is no JSON: it names the file, what caused it the line.
        InvalidDataException { InnerException: FormatException cause } wrong => [$"{wrong.Message} {cause.InnerException?.Message ?? cause.Message}"],
        // A URL to listen on that is none.
        FormatException wrong when wrong.Source?.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) == true => [wrong.Message],
        InvalidOperationException wrong when wrong.Source == "Microsoft.AspNetCore.Server.Kestrel.Core" => [wrong.Message.ReplaceLineEndings(" ")],
        // A port in use, of others, or of an address that is not this machine's; the message of the first names the address.
        IOException failure => [failure.Message],
        SocketException failure => [$"the address to listen on cannot be used: {failure.Message}"],
        AggregateException several when several.InnerExceptions.Select(Explain).ToArray() is var each && each.All(lines => lines.Length > 0) =>
            each.SelectMany(lines => lines).Distinct(StringComparer.Ordinal).ToArray(),
        _ => [],
    };
}
