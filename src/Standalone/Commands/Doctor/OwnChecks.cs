using System.Net.Sockets;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Standalone.Commands.Doctor;

/// <summary>Checks what this process would serve from: settings, files, servers, ports. Nothing is changed and no server is started.</summary>
internal sealed class OwnChecks(WebApplicationBuilder builder, IServiceProvider services, string? environmentFault)
{
    private readonly SettingsReport _settings = SettingsReport.Of(builder, services);

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var servers = new ServerChecks(services, builder.Configuration);
        var machine = new MachineChecks(_settings);
        Check[] checks =
        [
            new("settings", (check, _) => Do(() => Settings(check))),
            new("ports", machine.PortsAsync),
            new("models", (check, _) => Usable(check, () => Models(check))),
            new("prices", (check, stop) => UsableAsync(check, () => PricesAsync(check, stop))),
            new("sentiment", (check, stop) => UsableAsync(check, () => SentimentAsync(check, stop))),
            new("database", (check, stop) => UsableAsync(check, () => servers.DatabaseAsync(check, stop))),
            new("cache", (check, stop) => UsableAsync(check, () => servers.CacheAsync(check, stop))),
            new("broker", (check, stop) => UsableAsync(check, () => servers.BrokerAsync(check, stop))),
            new("collector", servers.CollectorAsync),
            new("disk", (check, _) => Do(() => machine.Disk(check))),
        ];
        return [.. (await Task.WhenAll(checks.Select(check => check.RunAsync(cancellationToken)))).SelectMany(findings => findings)];
    }

    private void Settings(Check check)
    {
        var faults = environmentFault is null ? _settings.Faults : [environmentFault, .. _settings.Faults];
        foreach (var fault in faults)
        {
            check.Fault(fault);
        }

        foreach (var warning in _settings.Warnings)
        {
            check.Note(warning);
        }

        if (faults.Count == 0)
        {
            var set = _settings.Settings.Count(setting => setting.Source != "default");
            check.Ok(AskCommand.Text($"{set} of {_settings.Settings.Count} are set, '{Usage.Program} config' lists them"));
        }
    }

    private void Models(Check check)
    {
        var folder = services.GetRequiredService<CheckpointFolder>();
        var path = services.GetRequiredService<IOptions<ModelsOptions>>().Value.Folder;
        var (trained, missing) = (0, new List<string>());
        var symbols = services.GetRequiredService<SymbolCatalog>().Supported;
        foreach (var symbol in symbols)
        {
            try
            {
                ModelReader.Facts(folder.BestOf(symbol));
                trained++;
            }
            catch (FileNotFoundException)
            {
                missing.Add(symbol);
            }
            catch (CheckpointException fault)
            {
                check.Fault(fault.Message, $"replace the file, or '{Usage.Program} rollback {symbol}'");
            }
            catch (UnauthorizedAccessException fault)
            {
                check.Fault(fault.Message, "let this user read it");
            }
        }

        ServiceChecks.Summary(check, trained, symbols.Count, missing);
        if (!MachineChecks.IsWritable(path))
        {
            check.Note($"{path} cannot be written to", "training and rollback need that, serving does not");
        }
    }

    private async Task PricesAsync(Check check, CancellationToken cancellationToken)
    {
        var source = services.GetRequiredService<IPriceSource>();
        var options = services.GetRequiredService<IOptions<PricesOptions>>().Value;
        if (source.Name == SyntheticPriceSource.SourceName)
        {
            check.Note("they are synthetic: every one is invented", "set Prices:Folder or DATABASE_URL");
            return;
        }

        var (latest, missing) = (new List<LatestPrice>(), new List<string>());
        foreach (var symbol in services.GetRequiredService<SymbolCatalog>().Supported)
        {
            try
            {
                var price = (await source.ReadLatestAsync([symbol], cancellationToken)).SingleOrDefault();
                if (price is null)
                {
                    missing.Add(symbol);
                }
                else
                {
                    latest.Add(price);
                }
            }
            catch (InvalidMarketDataException fault)
            {
                check.Fault(fault.Message, $"repair the data: {symbol} is refused until then");
            }
            catch (Exception failure) when (MarketDataUnavailableException.IsCausedBy(failure))
            {
                if (options.Folder is null)
                {
                    check.Note("not checked: the database cannot be read");
                }
                else
                {
                    check.Fault($"they cannot be read: {failure.Message.ReplaceLineEndings(" ")}", "let this user read the files");
                }

                return;
            }
        }

        Report(check, source.Name + (options.Folder is { } folder ? $" {folder}" : ""), latest, missing, options.MaxAge);
    }

    private static void Report(Check check, string source, List<LatestPrice> latest, List<string> missing, TimeSpan? maxAge)
    {
        if (latest.Count == 0)
        {
            check.Fault($"{source} has prices of no supported symbol", $"'{Usage.Program} import FILE...' or '{Usage.Program} fetch' brings some");
            return;
        }

        // The time of a bar is the end of its day.
        var (first, last) = (Day(latest.Min(price => price.Time)), Day(latest.Max(price => price.Time)));
        var old = maxAge is { } age ? latest.Where(price => DateTimeOffset.UtcNow - price.Time > age).Select(price => price.Symbol).ToArray() : [];
        if (old.Length > 0)
        {
            var end = Day(latest.First(price => price.Symbol == old[0]).Time);
            check.Fault(
                AskCommand.Text($"{old.Length} of {latest.Count} symbols end too long ago, {old[0]} on {end}: they are refused as stale_prices"),
                $"bring newer prices, or raise {SettingNames.Of("Prices:MaxAge")}");
        }
        else
        {
            check.Ok(AskCommand.Text($"{source}: {latest.Count} symbols to {(first == last ? last : $"{first}..{last}")}"));
        }

        if (latest.Where(price => price.IsSynthetic).Select(price => price.Symbol).ToArray() is { Length: > 0 } invented)
        {
            check.Note($"the prices of {string.Join(", ", invented)} are synthetic: every one is invented", "replace them before you rely on answers");
        }

        if (missing.Count > 0)
        {
            check.Note($"{source} has none of {string.Join(", ", missing)}", "they are refused as no_prices");
        }
    }

    private async Task SentimentAsync(Check check, CancellationToken cancellationToken)
    {
        var source = services.GetRequiredService<ISentimentSource>();
        if (source.IsNeutral)
        {
            check.Ok("neutral, none is configured");
            return;
        }

        var symbol = services.GetRequiredService<SymbolCatalog>().Supported[0];
        try
        {
            var prices = services.GetRequiredService<IPriceSource>();
            if (await prices.ReadAsync(symbol, DateOnly.MaxValue, 1, cancellationToken) is { Bars.IsEmpty: false } series)
            {
                await source.ReadAsync(series, cancellationToken);
                check.Ok($"{source.Name} can be read");
            }
        }
        catch (InvalidMarketDataException fault)
        {
            check.Fault(fault.Message, "repair the data: predictions are refused until then");
        }
        catch (Exception failure) when (MarketDataUnavailableException.IsCausedBy(failure))
        {
            check.Fault($"it cannot be read: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static string Day(DateTimeOffset endOfDay) => AskCommand.Day(DateOnly.FromDateTime(endOfDay.UtcDateTime.AddTicks(-1)));

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static Task Usable(Check check, Action action) => UsableAsync(check, () => Do(action));

    // What depends on a wrong setting cannot be checked; the setting is a finding of its own.
    private static async Task UsableAsync(Check check, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception fault) when (fault is not IOException and not SocketException && HostRunner.Explain(fault).Length > 0)
        {
            check.Note("not checked: its settings are wrong");
        }
    }
}
