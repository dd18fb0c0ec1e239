using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting;

/// <summary>Runs a host. What its operator can put right is said in a line on the error stream; anything else is a bug and crashes with its trace.</summary>
public static class HostRunner
{
    // The binder's exceptions name key and value, this assembly's name the key; those of other origin are bugs.
    private static readonly HashSet<string?> ConfigurationSources = ["Microsoft.Extensions.Configuration.Binder", typeof(HostRunner).Assembly.GetName().Name];

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
                await Console.Error.WriteLineAsync("Cannot run: " + line);
            return 1;
        }
    }

    private static async Task RunAsync(IHost host)
    {
        try
        {
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
        OptionsValidationException wrong => wrong.Failures.Distinct(StringComparer.Ordinal).ToArray(),
        InvalidOperationException wrong when ConfigurationSources.Contains(wrong.Source) => [wrong.Message],
        // A port in use; the message names the address.
        IOException failure => [failure.Message],
        AggregateException several when several.InnerExceptions.Select(Explain).ToArray() is var each && each.All(lines => lines.Length > 0) =>
            each.SelectMany(lines => lines).Distinct(StringComparer.Ordinal).ToArray(),
        _ => [],
    };
}
